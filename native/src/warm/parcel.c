// SPDX-License-Identifier: Apache-2.0
#include "warm/parcel.h"

#include "slot.h"
#include "spawn.h"
#include "warm/fit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool add(struct parcel *parcel, int fd) {
    if (parcel->count == WARM_MOST_DESCRIPTORS) {
        return false;
    }
    parcel->fds[parcel->count++] = fd;
    return true;
}

static enum warm_reason add_source(struct parcel *parcel, struct source *source) {
    int result = 0;
    if (source->kind == REQUEST_SOURCE_NULL) {
        source->fd = result = slot_null();
    } else if (source->kind != REQUEST_SOURCE_DESCRIPTOR) {
        result = spawn_make_pipe(source);
    } else if (source->fd < 0 || slot_is_ours(source->fd)) {
        return WARM_OTHER_REQUEST; /* a cold start says what is wrong with it */
    }
    if (result < 0) {
        return WARM_NO_MEMORY;
    }
    return add(parcel, source->fd) ? WARM_STARTED : WARM_TOO_BIG;
}

/* Our own standard streams, where the child is to inherit them. */
static enum warm_reason add_streams(struct parcel *parcel, const struct request *request) {
    for (int fd = 0; fd < 3; fd++) {
        if (!fit_inherits(request, fd) || slot_is_ours(fd)) {
            continue;
        }
        int flags = sys_fcntl(fd, F_GETFD, 0);
        if (flags < 0) {
            continue; /* closed, and so it is inherited */
        }
        if (!add(parcel, fd)) {
            return WARM_TOO_BIG;
        }
        parcel->message.streams |= 1U << fd | (flags & FD_CLOEXEC ? 1U << (8 + fd) : 0);
    }
    return WARM_STARTED;
}

/* getrlimit(2) rather than prlimit(2), and here rather than in the child: that would take four
 * times as long. */
static enum warm_reason add_limits(struct parcel *parcel) {
    for (int i = 0; i < WARM_LIMITS; i++) {
        if (sys_call(SYS_getrlimit, i, (long)&parcel->message.limits[i], 0, 0, 0, 0) < 0) {
            return WARM_OTHER_LIMITS;
        }
    }
    return WARM_STARTED;
}

enum warm_reason parcel_pack(struct parcel *parcel, struct request *request) {
    enum warm_reason reason = add_limits(parcel);
    parcel->message.parent = (int32_t)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    parcel->message.capabilities = request->capabilities;
    for (uint32_t i = 0; i < request->header->sources_count && reason == WARM_STARTED; i++) {
        if ((int)i != request->header->exec_source) {
            reason = add_source(parcel, &request->sources[i]);
        }
    }
    return reason == WARM_STARTED ? add_streams(parcel, request) : reason;
}

/* By no link of /proc, which leads to something of ours: then the child is to open it itself. */
static int open_by_names(const struct request *request, const char *path, struct open_how *how) {
    if (!(request->capabilities & KERNEL_OPENAT2)) {
        return sys_openat(AT_FDCWD, path, (int)how->flags, (mode_t)how->mode);
    }
    how->resolve = RESOLVE_NO_MAGICLINKS;
    int fd = sys_openat2(AT_FDCWD, path, how);
    return fd == -ELOOP ? -EXDEV : fd;
}

static int open_directory(const struct request *request, const char *path) {
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC};
    int fd = open_by_names(request, path, &how);
    int result = fd < 0 ? fd : sys_faccessat2(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS);
    if (result < 0 && fd >= 0) {
        sys_close(fd);
    }
    return result < 0 ? result : fd;
}

static int open_file(const struct request *request, const struct action *action) {
    /* We may lead a session without a terminal; the child would not. */
    struct open_how how = {.flags = action->flags | O_CLOEXEC | O_NOCTTY, .mode = action->mode};
    return open_by_names(request, request_text(request, action->text), &how);
}

/* Whether it lies in /proc, where the child may find other things than we: itself, for one. */
static bool is_of_proc(int fd) {
    struct statfs file_system;
    return sys_call(SYS_fstatfs, fd, (long)&file_system, 0, 0, 0, 0) < 0 ||
           file_system.f_type == PROC_SUPER_MAGIC;
}

int parcel_open(struct parcel *parcel, const struct request *request) {
    parcel->opened = parcel->count;
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (!fit_is_opened_ahead(action)) {
            continue;
        }
        int fd = action->type == REQUEST_CHDIR
                     ? open_directory(request, request_text(request, action->text))
                     : open_file(request, action);
        if (fd == -EXDEV) {
            return fd;
        }
        if (fd < 0) {
            return request_fail(request, REQUEST_STEP_ACTION, (int)i, fd);
        }
        if (is_of_proc(fd)) {
            sys_close(fd);
            return -EXDEV;
        }
        if (!add(parcel, fd)) {
            sys_close(fd);
            return -E2BIG;
        }
        parcel->message.opened |= (uint64_t)1 << i;
    }
    return 0;
}

void parcel_close(const struct parcel *parcel, const struct request *request, bool failed) {
    for (int i = parcel->opened; parcel->message.opened && i < parcel->count; i++) {
        sys_close(parcel->fds[i]);
    }
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        struct source *source = &request->sources[i];
        if (source->peer < 0) {
            continue; /* no pipe */
        }
        sys_close(source->fd);
        source->fd = -1;
        if (failed) {
            sys_close(source->peer);
            source->peer = -1;
        }
    }
}

int parcel_send(struct parcel *parcel, const struct request *request, int socket) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(WARM_MOST_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec parts[] = {{&parcel->message, sizeof parcel->message},
                            {request->header, request->header->pointers_offset}};
    struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};
    if (parcel->count > 0) {
        size_t size = (size_t)parcel->count * sizeof(int);
        memset(&control.header, 0, sizeof control.header);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = (socklen_t)CMSG_LEN(size);
        memcpy(CMSG_DATA(&control.header), parcel->fds, size);
        header.msg_control = &control;
        header.msg_controllen = (socklen_t)CMSG_SPACE(size);
    }
    long result =
        sys_call(SYS_sendmsg, socket, (long)&header, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0, 0);
    return result < 0 ? (int)result : 0;
}
