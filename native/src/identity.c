#include "identity.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

int identity_read(int directory, const char *path, struct identity *identity) {
    struct statx stat;
    int result = sys_statx(directory, path, path[0] ? 0 : AT_EMPTY_PATH, STATX_BASIC_STATS, &stat);
    if (result < 0) {
        return result;
    }
    memset(identity, 0, sizeof *identity);
    identity->device = makedev(stat.stx_dev_major, stat.stx_dev_minor);
    identity->inode = stat.stx_ino;
    identity->size = stat.stx_size;
    identity->mtime = stat.stx_mtime.tv_sec;
    identity->mtime_ns = stat.stx_mtime.tv_nsec;
    identity->ctime = stat.stx_ctime.tv_sec;
    identity->ctime_ns = stat.stx_ctime.tv_nsec;
    identity->mode = stat.stx_mode;
    identity->uid = stat.stx_uid;
    identity->gid = stat.stx_gid;
    return 0;
}

bool identity_equal(const struct identity *a, const struct identity *b) {
    return memcmp(a, b, sizeof *a) == 0;
}
