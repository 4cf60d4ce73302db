// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/types.h>

/* Few entries need more than the first; a group may have very many members. */
#define FIRST_CAPACITY 1024
#define LAST_CAPACITY (1 << 26)

static int groups_of(const struct passwd *user, int *ids, int capacity) {
    int count = capacity > 2 ? capacity - 2 : 0;
    /* Stores how many there are, whether they had room or not. */
    getgrouplist(user->pw_name, user->pw_gid, (gid_t *)ids + 2, &count);
    if (capacity >= 2) {
        ids[0] = (int)user->pw_uid;
        ids[1] = (int)user->pw_gid;
    }
    return 2 + count;
}

/* What the C library says where there is no such entry, and the server has been asked. */
static int means_missing(int error) {
    return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

int account_user(const char *name, int *ids, int capacity) {
    int result = -ERANGE;
    for (size_t size = FIRST_CAPACITY; result == -ERANGE && size <= LAST_CAPACITY; size *= 4) {
        struct passwd user;
        struct passwd *found;
        char *buffer = malloc(size);
        if (!buffer) {
            return -ENOMEM;
        }
        int error = getpwnam_r(name, &user, buffer, size, &found);
        result = found ? groups_of(found, ids, capacity) : means_missing(error) ? 0 : -error;
        free(buffer);
    }
    return result;
}

int account_group(const char *name, int *id) {
    int result = -ERANGE;
    for (size_t size = FIRST_CAPACITY; result == -ERANGE && size <= LAST_CAPACITY; size *= 4) {
        struct group group;
        struct group *found;
        char *buffer = malloc(size);
        if (!buffer) {
            return -ENOMEM;
        }
        int error = getgrnam_r(name, &group, buffer, size, &found);
        result = found ? 1 : means_missing(error) ? 0 : -error;
        if (found) {
            *id = (int)found->gr_gid;
        }
        free(buffer);
    }
    return result;
}
