// SPDX-License-Identifier: Apache-2.0
#include "confine.h"

#include "constants.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdbool.h>

/* Younger than some headers. */
#define ACCESS_REFER ((uint64_t)1 << 13)
#define ACCESS_TRUNCATE ((uint64_t)1 << 14)

#define SCOPE_SIGNAL ((uint64_t)1 << 1)

/* The first version of Landlock with ACCESS_TRUNCATE, Linux 6.2. */
#define LEAST_VERSION 3

/* The first one with SCOPE_SIGNAL, Linux 6.12. */
#define SCOPE_VERSION 6

/* As the newest version that we know has it; an older one takes the beginning. */
struct ruleset_attributes {
    uint64_t files;
    uint64_t network;
    uint64_t scope;
};

/* What can be allowed of a file that is no directory. */
#define ACCESS_FILE                                                                                \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |   \
     ACCESS_TRUNCATE)

#define ACCESS_READ                                                                                \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

#define ACCESS_ALL (((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) | ACCESS_REFER | ACCESS_TRUNCATE)

/* Adds the rule for a path that is open as `fd`. */
static int allow_open(int ruleset, int fd, uint64_t access) {
    struct stat stat;
    int result = sys_fstatat(fd, "", AT_EMPTY_PATH, &stat);
    if (result < 0) {
        return result;
    }
    const struct landlock_path_beneath_attr rule = {
        .allowed_access = S_ISDIR(stat.st_mode) ? access : access & ACCESS_FILE,
        .parent_fd = fd,
    };
    return (int)sys_call(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, (long)&rule, 0,
                         0, 0);
}

static int allow(int ruleset, char kind, const char *path) {
    int fd = sys_open(path, O_PATH | O_CLOEXEC, 0);
    if (fd < 0) {
        return fd == -ENOENT && kind == REQUEST_PATH_DEVICE ? 0 : fd;
    }
    int result = allow_open(ruleset, fd, kind == REQUEST_PATH_READ ? ACCESS_READ : ACCESS_ALL);
    sys_close(fd);
    return result;
}

static int fill(int ruleset, const char *rules, size_t size) {
    for (size_t at = 0; at < size;) {
        const char *path = rules + at + 1;
        int result = allow(ruleset, rules[at], path);
        if (result < 0) {
            return result;
        }
        while (rules[at++]) {
        }
    }
    return 0;
}

/* The version of Landlock, or -errno. */
static int find_version(void) {
    long version =
        sys_call(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION, 0, 0, 0);
    return version >= 0 && version < LEAST_VERSION ? -EOPNOTSUPP : (int)version;
}

int confine_check(void) {
    int version = find_version();
    return version < 0 ? version : 0;
}

int confine_paths(int scope, const char *rules, size_t size) {
    int version = find_version();
    if (version < 0) {
        return version;
    }
    bool has_scope = scope == REQUEST_SIGNALS_WITHIN && version >= SCOPE_VERSION;
    const struct ruleset_attributes handled = {.files = ACCESS_ALL,
                                               .scope = has_scope ? SCOPE_SIGNAL : 0};
    int ruleset = (int)sys_call(SYS_landlock_create_ruleset, (long)&handled,
                                has_scope ? sizeof handled : sizeof handled.files, 0, 0, 0, 0);
    if (ruleset < 0) {
        return ruleset;
    }
    int result = fill(ruleset, rules, size);
    if (result == 0) {
        result = (int)sys_call(SYS_landlock_restrict_self, ruleset, 0, 0, 0, 0, 0);
    }
    sys_close(ruleset);
    return result;
}

int confine_calls(const void *program, size_t size) {
    const struct sock_fprog filter = {
        .len = (unsigned short)(size / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)program,
    };
    return (int)sys_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&filter, 0, 0, 0);
}
