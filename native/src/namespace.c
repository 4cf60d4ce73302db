#include "namespace.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

/* Three numbers of ten digits, and what parts them. */
#define MOST_MAP 36

static char *put_number(char *at, unsigned long number) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    while (count > 0) {
        *at++ = digits[--count];
    }
    return at;
}

static int write_file(const char *path, const char *text, size_t size) {
    int file = sys_open(path, O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    long result = sys_write(file, text, size);
    sys_close(file);
    return result < 0 ? (int)result : 0;
}

/* The one id that the process has stays what it is; the kernel lets everybody say so of himself. */
static int keep_id(const char *path, unsigned long id) {
    char map[MOST_MAP];
    char *end = put_number(map, id);
    *end++ = ' ';
    end = put_number(end, id);
    *end++ = ' ';
    *end++ = '1';
    return write_file(path, map, (size_t)(end - map));
}

static int keep_ids(unsigned long user, unsigned long group) {
    int result = keep_id("/proc/self/uid_map", user);
    if (result == 0) {
        /* Or there can be no map of groups: to drop one could give access where it is denied. */
        result = write_file("/proc/self/setgroups", "deny", 4);
    }
    return result < 0 ? result : keep_id("/proc/self/gid_map", group);
}

int namespace_enter(int flags) {
    /* Asked before: in the new namespace they have no numbers yet. */
    long user = sys_call(SYS_geteuid, 0, 0, 0, 0, 0, 0);
    long group = sys_call(SYS_getegid, 0, 0, 0, 0, 0, 0);
    long result = flags & CLONE_NEWUSER ? -EPERM : sys_call(SYS_unshare, flags, 0, 0, 0, 0, 0);
    if (result != -EPERM) {
        return (int)result;
    }
    result = sys_call(SYS_unshare, flags | CLONE_NEWUSER, 0, 0, 0, 0, 0);
    return result < 0 ? (int)result : keep_ids((unsigned long)user, (unsigned long)group);
}

static int mount_at(const char *source, const char *target, const char *type, unsigned long flags,
                    const char *data) {
    return (int)sys_call(SYS_mount, (long)source, (long)target, (long)type, (long)flags, (long)data,
                         0);
}

int namespace_mount_tmp(void) {
    /* First: what is mounted here would else appear in the namespace that this one is a copy of. */
    int result = mount_at(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return result < 0 ? result
                      : mount_at("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
}
