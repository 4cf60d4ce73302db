// SPDX-License-Identifier: Apache-2.0
/* The child's own view of the system. Nothing here allocates; all return 0 or -errno. */
#ifndef SPAWN4J_NAMESPACE_H
#define SPAWN4J_NAMESPACE_H

#include "request.h"

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* Gives a child that was born in a user namespace the ids that it had, unless it has maps of its
 * own. */
int namespace_settle(const struct request *request);

/* Moves the child into a user namespace with these maps, that of users and that of groups, each
 * ended by NUL; an empty one keeps its id. */
int namespace_map_ids(const struct request *request, const char *maps);

/* Moves the child into new namespaces, by CLONE_NEW flags. One that may not make them gets a
 * user namespace as well, in which it has the ids that it had. */
int namespace_enter(const struct request *request, int flags);

/* Makes all that is mounted in the child's mount namespace, which must be new, read-only, except
 * `size` bytes of directories, each ended by NUL. */
int namespace_mount_read_only(const char *directories, size_t size);

/* Makes `path` the root of the child, and its directory, if that lies elsewhere. One that may not
 * change its root gets a user namespace as well. */
int namespace_change_root(const struct request *request, const char *path);

/* Puts an empty file system over /tmp, in the child's mount namespace, which must be new. */
int namespace_mount_tmp(const struct request *request);

#endif
