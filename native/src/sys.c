#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

#define CALL(nr, a, b, c, d, e)                                                                    \
    sys_call((nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

int sys_close(int fd) { return (int)CALL(SYS_close, fd, 0, 0, 0, 0); }

int sys_dup3(int fd, int newfd, int flags) { return (int)CALL(SYS_dup3, fd, newfd, flags, 0, 0); }

int sys_fcntl(int fd, int command, long argument) {
    return (int)CALL(SYS_fcntl, fd, command, argument, 0, 0);
}

int sys_open(const char *path, int flags, unsigned mode) {
    return sys_openat(AT_FDCWD, path, flags, mode);
}

int sys_openat(int directory, const char *path, int flags, unsigned mode) {
    return (int)CALL(SYS_openat, directory, path, flags, mode, 0);
}

int sys_openat2(int directory, const char *path, struct open_how *how) {
    return (int)CALL(SYS_openat2, directory, path, how, sizeof *how, 0);
}

long sys_read(int fd, void *buffer, size_t size) { return CALL(SYS_read, fd, buffer, size, 0, 0); }

long sys_write(int fd, const void *buffer, size_t size) {
    return CALL(SYS_write, fd, buffer, size, 0, 0);
}

int sys_pipe2(int ends[2], int flags) { return (int)CALL(SYS_pipe2, ends, flags, 0, 0, 0); }

int sys_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)CALL(SYS_close_range, first, last, flags, 0, 0);
}

long sys_getdents64(int fd, void *buffer, size_t size) {
    return CALL(SYS_getdents64, fd, buffer, size, 0, 0);
}

int sys_chdir(const char *path) { return (int)CALL(SYS_chdir, path, 0, 0, 0, 0); }

int sys_fchdir(int fd) { return (int)CALL(SYS_fchdir, fd, 0, 0, 0, 0); }

int sys_statx(int directory, const char *path, int flags, unsigned mask, struct statx *result) {
    return (int)CALL(SYS_statx, directory, path, flags, mask, result);
}

int sys_fstatat(int directory, const char *path, int flags, struct stat *result) {
    return (int)CALL(SYS_newfstatat, directory, path, result, flags, 0);
}

int sys_faccessat2(int directory, const char *path, int mode, int flags) {
    return (int)CALL(SYS_faccessat2, directory, path, mode, flags, 0);
}

int sys_ioctl(int fd, unsigned long request, void *argument) {
    return (int)CALL(SYS_ioctl, fd, request, argument, 0, 0);
}

int sys_memfd_create(const char *name, unsigned flags) {
    return (int)CALL(SYS_memfd_create, name, flags, 0, 0, 0);
}

int sys_poll(struct pollfd *fds, unsigned count, int timeout_ms) {
    struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    long result;
    do {
        /* ppoll(2) writes back what remains, so a signal does not prolong the wait. */
        result = CALL(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : &timeout, NULL, 0);
    } while (result == -EINTR);
    return (int)result;
}

int sys_sigmask(const signal_set *set, signal_set *old) {
    return (int)CALL(SYS_rt_sigprocmask, SIG_SETMASK, set, old, sizeof *set, 0);
}

int sys_sigaction(int signal, const struct sys_sigaction *action, struct sys_sigaction *old) {
    return (int)CALL(SYS_rt_sigaction, signal, action, old, sizeof(signal_set), 0);
}

int sys_setsid(void) { return (int)CALL(SYS_setsid, 0, 0, 0, 0, 0); }

int sys_setpgid(int pid, int group) { return (int)CALL(SYS_setpgid, pid, group, 0, 0, 0); }

int sys_getpgid(int pid) { return (int)CALL(SYS_getpgid, pid, 0, 0, 0, 0); }

int sys_sched_setscheduler(int policy, int priority) {
    struct sched_param parameter = {.sched_priority = priority};
    return (int)CALL(SYS_sched_setscheduler, 0, policy, &parameter, 0, 0);
}

int sys_sched_setparam(int priority) {
    struct sched_param parameter = {.sched_priority = priority};
    return (int)CALL(SYS_sched_setparam, 0, &parameter, 0, 0, 0);
}

int sys_ptrace(long request, int pid, long data) {
    return (int)CALL(SYS_ptrace, request, pid, 0, data, 0);
}

int sys_prctl(int option, long argument) { return (int)CALL(SYS_prctl, option, argument, 0, 0, 0); }

int sys_execve(const char *path, char *const argv[], char *const envp[]) {
    return (int)CALL(SYS_execve, path, argv, envp, 0, 0);
}

int sys_execveat(int directory, const char *path, char *const argv[], char *const envp[],
                 int flags) {
    return (int)CALL(SYS_execveat, directory, path, argv, envp, flags);
}

void sys_exit(int status) {
    for (;;) {
        CALL(SYS_exit_group, status, 0, 0, 0, 0);
    }
}

int sys_pidfd_open(int pid, unsigned flags) {
    return (int)CALL(SYS_pidfd_open, pid, flags, 0, 0, 0);
}

int sys_pidfd_send_signal(int pidfd, int signal, unsigned flags) {
    return (int)CALL(SYS_pidfd_send_signal, pidfd, signal, NULL, flags, 0);
}

int sys_waitid(int type, int id, struct sys_exit_info *info, int options, struct rusage *usage) {
    siginfo_t raw;
    int result;
    raw.si_pid = 0;
    do {
        result = (int)CALL(SYS_waitid, type, id, &raw, options, usage);
    } while (result == -EINTR);
    if (result == 0 && info) {
        info->pid = raw.si_pid;
        info->code = raw.si_code;
        info->status = raw.si_status;
    }
    return result;
}
