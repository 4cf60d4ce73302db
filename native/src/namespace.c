// SPDX-License-Identifier: Apache-2.0
#include "namespace.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/wait.h>

/* Of mount_setattr(2), which is younger than some headers. */
#define RECURSIVE 0x8000
#define READ_ONLY 1
struct attributes {
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace;
};

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

/* Writes a file of the process whose directory in /proc is open. */
static int write_file(int process, const char *name, const char *text, size_t size) {
    int file = sys_openat(process, name, O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    long result = sys_write(file, text, size);
    sys_close(file);
    return result < 0 ? (int)result : 0;
}

/* Writes a map; where it is empty the one id that the process has stays what it is, which the
 * kernel lets everybody say of himself. */
static int write_map(int process, const char *name, const char *map, unsigned id) {
    char own[MOST_MAP];
    size_t size = 0;
    while (map[size]) {
        size++;
    }
    if (size > 0) {
        return write_file(process, name, map, size);
    }
    char *end = put_number(own, id);
    *end++ = ' ';
    end = put_number(end, id);
    *end++ = ' ';
    *end++ = '1';
    return write_file(process, name, own, (size_t)(end - own));
}

/* What a user namespace is to be told of ids. */
struct ids {
    const char *users;
    const char *groups;
    unsigned user;
    unsigned group;
};

static int write_maps(int process, const struct ids *ids) {
    int result = write_map(process, "uid_map", ids->users, ids->user);
    if (result < 0) {
        return result;
    }
    result = write_map(process, "gid_map", ids->groups, ids->group);
    if (result == -EPERM) {
        /* Without a privilege there can be a map of groups only where none can be dropped, as that
         * could give access where a group is denied it. */
        result = write_file(process, "setgroups", "deny", 4);
        result = result < 0 ? result : write_map(process, "gid_map", ids->groups, ids->group);
    }
    return result;
}

static int open_self(void) { return sys_open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); }

static int write_own_maps(const struct ids *ids) {
    int self = open_self();
    if (self < 0) {
        return self;
    }
    int result = write_maps(self, ids);
    sys_close(self);
    return result;
}

/* Keeps what the ids were before the user namespace, in which they have no numbers yet. */
static int keep_ids(unsigned user, unsigned group) {
    const struct ids ids = {.users = "", .groups = "", .user = user, .group = group};
    return write_own_maps(&ids);
}

static int enter_new(int flags) { return (int)sys_call(SYS_unshare, flags, 0, 0, 0, 0, 0); }

static unsigned effective_user(void) { return (unsigned)sys_call(SYS_geteuid, 0, 0, 0, 0, 0, 0); }

static unsigned effective_group(void) { return (unsigned)sys_call(SYS_getegid, 0, 0, 0, 0, 0, 0); }

/* Into a user namespace as well. */
static int unshare_with_user(int flags) {
    unsigned user = effective_user();
    unsigned group = effective_group();
    int result = enter_new(flags | CLONE_NEWUSER);
    return result < 0 ? result : keep_ids(user, group);
}

/* Somebody outside of the namespace who writes its maps. It reads this when it comes to run, so
 * that nothing but the result may change before it has ended. */
struct writer {
    const struct ids *ids;
    int process;
    int told[2]; /* a pipe, through which it learns that there is the namespace */
    volatile int result;
};

static void write_when_told(void *argument) {
    struct writer *writer = argument;
    char byte;
    /* Its table is its own: if the child dies there is nobody else who holds this end, and the read
     * ends. */
    sys_close(writer->told[1]);
    if (sys_read(writer->told[0], &byte, 1) == 1) {
        writer->result = write_maps(writer->process, writer->ids);
    }
    sys_exit(0);
}

/* Only who is outside of a user namespace, and was when the file was opened, may map others than
 * himself: so another process does it, which lends our memory, on a stack within ours. */
static int unshare_with_writer(struct writer *writer) {
    char stack[4096] __attribute__((aligned(16)));
    long pid = sys_clone(CLONE_VM, stack + sizeof stack, NULL, write_when_told, writer);
    int result = pid < 0 ? (int)pid : enter_new(CLONE_NEWUSER);
    if (result == 0) {
        sys_write(writer->told[1], "", 1);
    }
    sys_close(writer->told[1]);
    if (pid < 0) {
        return result;
    }
    int waited = sys_wait4((int)pid, NULL, __WALL);
    result = result < 0 ? result : waited;
    return result < 0 ? result : writer->result;
}

static int enter_mapped(const struct ids *ids) {
    struct writer writer = {.ids = ids, .process = open_self(), .result = -ECHILD};
    if (writer.process < 0) {
        return writer.process;
    }
    int result = sys_pipe2(writer.told, O_CLOEXEC);
    if (result == 0) {
        result = unshare_with_writer(&writer);
        sys_close(writer.told[0]);
    }
    sys_close(writer.process);
    return result;
}

int namespace_map_ids(const struct request *request, const char *maps) {
    const char *groups = maps;
    while (*groups++) {
    }
    struct ids ids = {
        .users = maps, .groups = groups, .user = request->user, .group = request->group};
    if (request->birth & CLONE_NEWUSER) {
        return write_own_maps(&ids);
    }
    ids.user = effective_user();
    ids.group = effective_group();
    return enter_mapped(&ids);
}

int namespace_settle(const struct request *request) {
    return request->birth & CLONE_NEWUSER && !request->has_own_ids
               ? keep_ids(request->user, request->group)
               : 0;
}

static int mount_at(const char *source, const char *target, const char *type, unsigned long flags,
                    const char *data) {
    return (int)sys_call(SYS_mount, (long)source, (long)target, (long)type, (long)flags, (long)data,
                         0);
}

/* Before anything is mounted, which would else appear in the namespace that this one is a copy of.
 */
static int hide_mounts(void) { return mount_at(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL); }

int namespace_enter(const struct request *request, int flags) {
    if (request->has_own_ids || request->birth & CLONE_NEWUSER) {
        flags &= ~CLONE_NEWUSER;
    }
    int result = flags & CLONE_NEWUSER ? -EPERM : enter_new(flags);
    return result == -EPERM ? unshare_with_user(flags) : result;
}

/* Goes again where the child is, as what lies over that by now is another mount. */
static int enter_again(void) {
    char where[PATH_MAX];
    long size = sys_call(SYS_getcwd, (long)where, sizeof where, 0, 0, 0, 0);
    return size > 0 && where[0] == '/' ? sys_chdir(where) : 0;
}

static int set_mounts(const char *path, uint64_t set, uint64_t clear) {
    const struct attributes attributes = {.set = set, .clear = clear};
    return (int)sys_call(SYS_mount_setattr, AT_FDCWD, (long)path, RECURSIVE, (long)&attributes,
                         sizeof attributes, 0);
}

static size_t size_of(const char *text) {
    size_t size = 1;
    while (*text++) {
        size++;
    }
    return size;
}

int namespace_mount_read_only(const char *directories, size_t size) {
    int result = hide_mounts();
    for (size_t at = 0; at < size && result == 0; at += size_of(directories + at)) {
        const char *directory = directories + at;
        result = mount_at(directory, directory, NULL, MS_BIND | MS_REC, NULL);
    }
    result = result < 0 ? result : set_mounts("/", READ_ONLY, 0);
    for (size_t at = 0; at < size && result == 0; at += size_of(directories + at)) {
        result = set_mounts(directories + at, 0, READ_ONLY);
    }
    return result < 0 ? result : enter_again();
}

static int change_root(const char *path) {
    return (int)sys_call(SYS_chroot, (long)path, 0, 0, 0, 0, 0);
}

int namespace_change_root(const struct request *request, const char *path) {
    /* A new root need not be a mount, which could be hidden there. */
    int result = request->changes_mounts ? hide_mounts() : 0;
    result = result < 0 ? result : change_root(path);
    if (result == -EPERM && !request->has_own_ids && !(request->birth & CLONE_NEWUSER)) {
        result = unshare_with_user(0);
        result = result < 0 ? result : change_root(path);
    }
    if (result < 0) {
        return result;
    }
    /* A directory outside would be a way out. */
    char where[PATH_MAX];
    long size = sys_call(SYS_getcwd, (long)where, sizeof where, 0, 0, 0, 0);
    return size > 0 && where[0] == '/' ? 0 : sys_chdir("/");
}

int namespace_mount_tmp(const struct request *request) {
    int result = request->changes_root ? 0 : hide_mounts();
    return result < 0 ? result
                      : mount_at("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
}
