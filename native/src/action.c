// SPDX-License-Identifier: Apache-2.0
#include "action.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>

/* The lowest source in `first` to `last`, or -1. There are few sources, so looking at all of them
 * is cheap. */
static int lowest_source(const struct request *request, unsigned first, unsigned last) {
    int lowest = -1;
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        int placed = request->sources[i].placed;
        if (placed >= 0 && (unsigned)placed >= first && (unsigned)placed <= last &&
            (lowest < 0 || placed < lowest)) {
            lowest = placed;
        }
    }
    return lowest;
}

static int close_one(int fd, unsigned flags) {
    return flags & CLOSE_RANGE_CLOEXEC ? sys_fcntl(fd, F_SETFD, FD_CLOEXEC) : sys_close(fd);
}

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* Closes every number that can be open, where nothing tells which are. One opened before the limit
 * was lowered beneath it would stay; the JVM raises its own to the highest it may have. */
static int close_numbered(unsigned first, unsigned last, unsigned flags) {
    struct rlimit limit;
    long result = sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++) {
        close_one((int)fd, flags);
    }
    return 0;
}

/* What close_range(2) does, for kernels and filters without it. */
static int close_listed(unsigned first, unsigned last, unsigned flags) {
    char buffer[2048] __attribute__((aligned(8)));
    int directory = sys_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (directory < 0) {
        return close_numbered(first, last, flags); /* no /proc, or none of our pid namespace */
    }
    long size;
    while ((size = sys_getdents64(directory, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < size;) {
            const struct directory_entry *entry = (const struct directory_entry *)(buffer + at);
            at += entry->length;
            unsigned fd = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9') {
                fd = fd * 10 + (unsigned)(*digit++ - '0');
            }
            if (*digit == 0 && fd >= first && fd <= last && (int)fd != directory) {
                close_one((int)fd, flags);
            }
        }
    }
    sys_close(directory);
    return (int)size;
}

static int close_gap(const struct request *request, unsigned first, unsigned last, unsigned flags) {
    return request->capabilities & KERNEL_CLOSE_RANGE ? sys_close_range(first, last, flags)
                                                      : close_listed(first, last, flags);
}

int action_close_range(const struct request *request, unsigned first, unsigned last,
                       unsigned flags) {
    for (;;) {
        int spared = lowest_source(request, first, last);
        if (spared < 0) {
            return close_gap(request, first, last, flags);
        }
        if ((unsigned)spared > first) {
            int result = close_gap(request, first, (unsigned)spared - 1, flags);
            if (result < 0) {
                return result;
            }
        }
        if ((unsigned)spared == last) {
            return 0;
        }
        first = (unsigned)spared + 1;
    }
}

int action_sweep(const struct request *request, const struct action *action) {
    unsigned first = (unsigned)action->fd;
    unsigned last = (unsigned)action->newfd;
    if (request->capabilities & KERNEL_CLOSE_RANGE) {
        /* One call, that looks at no file: sources close on exec anyway. */
        int result = sys_close_range(first, last, CLOSE_RANGE_CLOEXEC);
        if (result != -EINVAL) {
            return result;
        }
        /* Before Linux 5.11 there is no such flag. */
    }
    return action_close_range(request, first, last, 0);
}

static int duplicate(int fd, int newfd, unsigned flags) {
    if (fd == newfd) {
        /* dup3(2) refuses this and dup2(2) leaves close-on-exec as it is; who maps 7 to 7 wants to
         * see it after exec. */
        return sys_fcntl(fd, F_SETFD, flags & O_CLOEXEC ? FD_CLOEXEC : 0);
    }
    return sys_dup3(fd, newfd, (int)flags);
}

/* dup3(2) as the proposal has it: who duplicates a descriptor onto itself only asks whether it is
 * open. */
static int duplicate_strictly(int fd, int newfd, unsigned flags) {
    if (fd != newfd) {
        return sys_dup3(fd, newfd, (int)flags);
    }
    return flags ? -EINVAL : sys_fcntl(fd, F_GETFD, 0);
}

/* SIGTTOU, for a background process that does this, is blocked, as all are until the program starts
 * but the one that was asked for when the parent dies. */
static int become_foreground(int terminal) {
    int group = sys_getpgid(0);
    return sys_ioctl(terminal, TIOCSPGRP, &group);
}

static int open_at(const struct request *request, int directory, const char *path,
                   const struct action *action) {
    struct open_how how = {.flags = action->flags, .mode = action->mode, .resolve = action->value};
    int fd;
    if (request->capabilities & KERNEL_OPENAT2) {
        fd = sys_openat2(directory, path, &how);
    } else if (action->value) {
        fd = -ENOSYS;
    } else {
        fd = sys_openat(directory, path, (int)action->flags, action->mode);
    }
    if (fd < 0 || fd == action->newfd) {
        return fd;
    }
    int result = sys_dup3(fd, action->newfd, (int)(action->flags & O_CLOEXEC));
    sys_close(fd);
    return result;
}

/* Each is set without a look at what it is: the look costs as much, and to read all of them from
 * /proc/self/status costs more than to set all (docs/start.md). */
int action_default_signals(signal_set set) {
    const struct sys_sigaction standard = {0};
    for (int signal = 1; signal <= SIGNALS; signal++) {
        if (set >> (signal - 1) & 1 && signal != SIGKILL && signal != SIGSTOP) {
            int result = sys_sigaction(signal, &standard, NULL);
            if (result < 0) {
                return result;
            }
        }
    }
    return 0;
}

int action_drop_handlers(void) {
    struct sys_sigaction current;
    for (int signal = 1; signal <= SIGNALS; signal++) {
        int result = sys_sigaction(signal, NULL, &current);
        if (result == 0 && current.handler != (uintptr_t)SIG_DFL &&
            current.handler != (uintptr_t)SIG_IGN) {
            result = action_default_signals((signal_set)1 << (signal - 1));
        }
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

int action_apply(const struct request *request, const struct action *action, signal_set *mask) {
    int fd = action->type & REQUEST_FD_IS_SOURCE ? request->sources[action->fd].placed : action->fd;
    int result;
    switch (action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE) {
    case REQUEST_CLOSE:
        return sys_close(fd);
    case REQUEST_DUP2:
        result = duplicate(fd, action->newfd, action->flags);
        return result < 0 ? result : 0;
    case REQUEST_DUP3:
        result = duplicate_strictly(fd, action->newfd, action->flags);
        return result < 0 ? result : 0;
    case REQUEST_FAIL:
        return -(int)action->flags;
    case REQUEST_TCSETPGRP:
        return become_foreground(fd);
    case REQUEST_CONTROLLING_TERMINAL:
        return sys_ioctl(fd, TIOCSCTTY, NULL); /* not stolen from another session */
    case REQUEST_FCHDIR:
        return sys_fchdir(fd);
    case REQUEST_CHDIR:
        return sys_chdir(request_text(request, action->text));
    case REQUEST_OPEN:
        result = open_at(request, fd, request_text(request, action->text), action);
        return result < 0 ? result : 0;
    case REQUEST_CLOSE_RANGE:
        return action_close_range(request, (unsigned)action->fd, (unsigned)action->newfd,
                                  action->flags);
    case REQUEST_SIGMASK:
        *mask = action->value;
        return 0;
    case REQUEST_SIGDEFAULT:
        return action_default_signals(action->value);
    case REQUEST_INHERIT:
        result = sys_fcntl(fd, F_SETFD, 0);
        return result == -EBADF ? 0 : result;
    default:
        return -EINVAL;
    }
}
