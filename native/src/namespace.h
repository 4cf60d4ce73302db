/* The child's own view of the system. */
#ifndef SPAWN4J_NAMESPACE_H
#define SPAWN4J_NAMESPACE_H

/* Moves the calling process into new namespaces, by CLONE_NEW flags. Who may not make them gets a
 * user namespace as well, in which it has the ids that it had. Returns 0 or -errno; never
 * allocates.
 */
int namespace_enter(int flags);

/* Puts an empty file system over /tmp, in the mount namespace of the calling process, which must be
 * new. Returns 0 or -errno. */
int namespace_mount_tmp(void);

#endif
