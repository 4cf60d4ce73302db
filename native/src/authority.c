// SPDX-License-Identifier: Apache-2.0
#include "authority.h"

#include "sys.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MOST_GROUPS 65536
#define FEW_GROUPS 256 /* on the stack: a mapping costs three times as much as all the rest */

/* One byte in a page that the kernel empties in forked children. */
static volatile char *mark;

void authority_load(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return;
    }
    if (madvise(memory, page, MADV_WIPEONFORK) != 0) {
        munmap(memory, page);
        return;
    }
    *memory = 1;
    mark = memory;
}

void authority_unload(void) {
    if (mark) {
        munmap((void *)mark, (size_t)sysconf(_SC_PAGESIZE));
        mark = NULL;
    }
}

static uint64_t hash_groups(const uint32_t *groups, long count) {
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (long i = 0; i < count; i++) {
        hash = (hash ^ groups[i]) * 1099511628211ULL;
    }
    return hash;
}

/* Reads at most `most` groups to `groups`. Returns 0, -EINVAL if there are more, or another -errno.
 */
static int read_groups_to(struct authority *authority, uint32_t *groups, int most) {
    long count = sys_call(SYS_getgroups, most, (long)groups, 0, 0, 0, 0);
    if (count < 0) {
        return (int)count;
    }
    authority->groups_count = (uint32_t)count;
    authority->groups_hash = hash_groups(groups, count);
    return 0;
}

static int read_groups(struct authority *authority) {
    uint32_t few[FEW_GROUPS];
    int result = read_groups_to(authority, few, FEW_GROUPS);
    if (result != -EINVAL) {
        return result;
    }
    size_t size = MOST_GROUPS * sizeof(uint32_t);
    uint32_t *groups = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (groups == MAP_FAILED) {
        return -ENOMEM;
    }
    result = read_groups_to(authority, groups, MOST_GROUPS);
    munmap(groups, size);
    return result;
}

int authority_read(struct authority *authority) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    uint32_t *uids = authority->uids;
    uint32_t *gids = authority->gids;
    memset(authority, 0, sizeof *authority);
    authority->process = (uint32_t)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    authority->unforked = mark && *mark;
    sys_call(SYS_getresuid, (long)&uids[0], (long)&uids[1], (long)&uids[2], 0, 0, 0);
    sys_call(SYS_getresgid, (long)&gids[0], (long)&gids[1], (long)&gids[2], 0, 0, 0);
    authority->securebits = (uint32_t)sys_call(SYS_prctl, PR_GET_SECUREBITS, 0, 0, 0, 0, 0);
    long result = sys_call(SYS_capget, (long)&header, (long)data, 0, 0, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    memcpy(authority->capabilities, data, sizeof authority->capabilities);
    return read_groups(authority);
}
