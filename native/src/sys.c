// SPDX-License-Identifier: Apache-2.0
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

int sys_open(const char *path, int flags, unsigned mode) {
    return sys_openat(AT_FDCWD, path, flags, mode);
}

int sys_openat(int directory, const char *path, int flags, unsigned mode) {
    return (int)SYS_CALL(SYS_openat, directory, path, flags, mode, 0);
}

int sys_openat2(int directory, const char *path, struct open_how *how) {
    return (int)SYS_CALL(SYS_openat2, directory, path, how, sizeof *how, 0);
}

long sys_read(int fd, void *buffer, size_t size) {
    return SYS_CALL(SYS_read, fd, buffer, size, 0, 0);
}

long sys_write(int fd, const void *buffer, size_t size) {
    return SYS_CALL(SYS_write, fd, buffer, size, 0, 0);
}

int sys_pipe2(int ends[2], int flags) { return (int)SYS_CALL(SYS_pipe2, ends, flags, 0, 0, 0); }

long sys_getdents64(int fd, void *buffer, size_t size) {
    return SYS_CALL(SYS_getdents64, fd, buffer, size, 0, 0);
}

int sys_chdir(const char *path) { return (int)SYS_CALL(SYS_chdir, path, 0, 0, 0, 0); }

int sys_fchdir(int fd) { return (int)SYS_CALL(SYS_fchdir, fd, 0, 0, 0, 0); }

int sys_ioctl(int fd, unsigned long request, void *argument) {
    return (int)SYS_CALL(SYS_ioctl, fd, request, argument, 0, 0);
}

int sys_memfd_create(const char *name, unsigned flags) {
    return (int)SYS_CALL(SYS_memfd_create, name, flags, 0, 0, 0);
}

int sys_poll(struct pollfd *fds, unsigned count, int timeout_ms) {
    struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    long result;
    do {
        /* ppoll(2) writes back what remains, so a signal does not prolong the wait. */
        result = SYS_CALL(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : &timeout, NULL, 0);
    } while (result == -EINTR);
    return (int)result;
}

int sys_setsid(void) { return (int)SYS_CALL(SYS_setsid, 0, 0, 0, 0, 0); }

int sys_setpgid(int pid, int group) { return (int)SYS_CALL(SYS_setpgid, pid, group, 0, 0, 0); }

int sys_getpgid(int pid) { return (int)SYS_CALL(SYS_getpgid, pid, 0, 0, 0, 0); }

int sys_sched_setparam(int priority) {
    return (int)SYS_CALL(SYS_sched_setparam, 0, &priority, 0, 0, 0);
}

int sys_ptrace(long request, int pid, long data) {
    return (int)SYS_CALL(SYS_ptrace, request, pid, 0, data, 0);
}

void sys_exit(int status) {
    for (;;) {
        SYS_CALL(SYS_exit_group, status, 0, 0, 0, 0);
    }
}

int sys_pidfd_open(int pid, unsigned flags) {
    return (int)SYS_CALL(SYS_pidfd_open, pid, flags, 0, 0, 0);
}

int sys_pidfd_send_signal(int pidfd, int signal, unsigned flags) {
    return (int)SYS_CALL(SYS_pidfd_send_signal, pidfd, signal, NULL, flags, 0);
}

int sys_waitid(int type, int id, struct sys_exit_info *info, int options, struct rusage *usage) {
    siginfo_t raw;
    int result;
    raw.si_pid = 0;
    do {
        result = (int)SYS_CALL(SYS_waitid, type, id, &raw, options, usage);
    } while (result == -EINTR);
    if (result == 0 && info) {
        info->pid = raw.si_pid;
        info->code = raw.si_code;
        info->status = raw.si_status;
    }
    return result;
}

int sys_wait4(int pid, int *status, int options) {
    int result;
    do {
        result = (int)SYS_CALL(SYS_wait4, pid, status, options, NULL, 0);
    } while (result == -EINTR);
    return result;
}
