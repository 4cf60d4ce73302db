// SPDX-License-Identifier: Apache-2.0
#include "identity.h"

#include <fcntl.h>
#include <string.h>

int identity_read(int directory, const char *path, struct identity *identity) {
    struct stat stat;
    int result = sys_fstatat(directory, path, path[0] ? 0 : AT_EMPTY_PATH, &stat);
    if (result < 0) {
        return result;
    }
    memset(identity, 0, sizeof *identity);
    identity->device = stat.st_dev;
    identity->inode = stat.st_ino;
    identity->size = (uint64_t)stat.st_size;
    identity->mtime = stat.st_mtim.tv_sec;
    identity->mtime_ns = (uint32_t)stat.st_mtim.tv_nsec;
    identity->ctime = stat.st_ctim.tv_sec;
    identity->ctime_ns = (uint32_t)stat.st_ctim.tv_nsec;
    identity->mode = stat.st_mode;
    identity->uid = stat.st_uid;
    identity->gid = stat.st_gid;
    return 0;
}

bool identity_equal(const struct identity *a, const struct identity *b) {
    return memcmp(a, b, sizeof *a) == 0;
}
