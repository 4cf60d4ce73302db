// SPDX-License-Identifier: Apache-2.0
/* Users and groups by their names. */
#ifndef SPAWN4J_ACCOUNT_H
#define SPAWN4J_ACCOUNT_H

/* Stores the id of the user `name`, the id of its group, and those of all its groups, `capacity` of
 * them at most. Returns how many there are, perhaps more; 0 if there is no such user; or -errno.
 * May wait for a server. */
int account_user(const char *name, int *ids, int capacity);

/* Stores the id of the group `name`. Returns 1, 0 if there is no such group, or -errno. */
int account_group(const char *name, int *id);

#endif
