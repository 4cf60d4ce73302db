// SPDX-License-Identifier: Apache-2.0
#include "credentials.h"

#include <errno.h>
#include <linux/capability.h>

int credentials_set_groups(int count, const void *ids) {
    return (int)sys_call(SYS_setgroups, count, (long)ids, 0, 0, 0, 0);
}

int credentials_set_group(int id) { return (int)sys_call(SYS_setresgid, id, id, id, 0, 0, 0); }

int credentials_set_user(int id) { return (int)sys_call(SYS_setresuid, id, id, id, 0, 0, 0); }

int credentials_reset(void) {
    long gid = sys_call(SYS_getgid, 0, 0, 0, 0, 0, 0);
    long uid = sys_call(SYS_getuid, 0, 0, 0, 0, 0, 0);
    /* The group first: who is no longer root may not change it. */
    long result = sys_call(SYS_setresgid, -1, gid, -1, 0, 0, 0);
    return (int)(result < 0 ? result : sys_call(SYS_setresuid, -1, uid, -1, 0, 0, 0));
}

int credentials_bound(uint64_t kept) {
    for (int capability = 0; capability < 64; capability++) {
        if (kept >> capability & 1) {
            continue;
        }
        int result = sys_prctl(PR_CAPBSET_DROP, capability);
        if (result == -EINVAL) {
            return 0; /* the kernel has no more */
        }
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

static int lower_ambient(uint64_t kept) {
    for (int capability = 0; capability < 64; capability++) {
        if (kept >> capability & 1) {
            continue;
        }
        long result =
            sys_call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, capability, 0, 0, 0);
        if (result == -EINVAL) {
            return 0; /* no more, or before Linux 4.3 none at all */
        }
        if (result < 0) {
            return (int)result;
        }
    }
    return 0;
}

int credentials_keep(uint64_t kept) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    int result = lower_ambient(kept);
    if (result == 0) {
        result = (int)sys_call(SYS_capget, (long)&header, (long)sets, 0, 0, 0, 0);
    }
    if (result < 0) {
        return result;
    }
    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; half++) {
        const uint32_t mask = (uint32_t)(kept >> (32 * half));
        sets[half].effective &= mask;
        sets[half].permitted &= mask;
        sets[half].inheritable &= mask;
    }
    return (int)sys_call(SYS_capset, (long)&header, (long)sets, 0, 0, 0, 0);
}
