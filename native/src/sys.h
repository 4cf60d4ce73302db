// SPDX-License-Identifier: Apache-2.0
/* System calls as the kernel defines them: the result, or -errno. Nothing here touches libc's
 * errno, takes a lock or can be interposed, so that parent and child may use all of it. What every
 * start needs is inlined, for the reason that call.h gives. */
#ifndef SPAWN4J_SYS_H
#define SPAWN4J_SYS_H

#include "call.h"

#include <linux/openat2.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

/* The kernel's signal set: bit n - 1 is signal n. */
typedef uint64_t signal_set;
#define SIGNALS 64
#define SIGNAL_SET_ALL (~(signal_set)0)

/* With arguments of any kind. */
#define SYS_CALL(nr, a, b, c, d, e)                                                                \
    sys_call((nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

/* clone3(2) onto the stack in `args`; the child calls `child(arg)`, which must not return. */
long sys_clone3(struct clone_args *args, size_t size, void (*child)(void *), void *arg);

/* clone(2) with the given top of stack; the child calls `child(arg)`, which must not return. */
long sys_clone(unsigned long flags, void *stack, int *pidfd, void (*child)(void *), void *arg);

static inline int sys_close(int fd) { return (int)SYS_CALL(SYS_close, fd, 0, 0, 0, 0); }

static inline int sys_dup3(int fd, int newfd, int flags) {
    return (int)SYS_CALL(SYS_dup3, fd, newfd, flags, 0, 0);
}

static inline int sys_fcntl(int fd, int command, long argument) {
    return (int)SYS_CALL(SYS_fcntl, fd, command, argument, 0, 0);
}

int sys_open(const char *path, int flags, unsigned mode);
int sys_openat(int directory, const char *path, int flags, unsigned mode);
int sys_openat2(int directory, const char *path, struct open_how *how);
long sys_read(int fd, void *buffer, size_t size);
long sys_write(int fd, const void *buffer, size_t size);
int sys_pipe2(int ends[2], int flags);

static inline int sys_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)SYS_CALL(SYS_close_range, first, last, flags, 0, 0);
}

long sys_getdents64(int fd, void *buffer, size_t size);
int sys_chdir(const char *path);
int sys_fchdir(int fd);

static inline int sys_fstatat(int directory, const char *path, int flags, struct stat *result) {
    return (int)SYS_CALL(SYS_newfstatat, directory, path, result, flags, 0);
}

static inline int sys_faccessat2(int directory, const char *path, int mode, int flags) {
    return (int)SYS_CALL(SYS_faccessat2, directory, path, mode, flags, 0);
}

int sys_ioctl(int fd, unsigned long request, void *argument);
int sys_memfd_create(const char *name, unsigned flags);

/* poll(2) that goes on after a signal; `timeout_ms` < 0 waits for ever. */
int sys_poll(struct pollfd *fds, unsigned count, int timeout_ms);

/* rt_sigprocmask(2) on the calling thread: replaces the mask, stores the former one where `old` is
 * not null. */
static inline int sys_sigmask(const signal_set *set, signal_set *old) {
    return (int)SYS_CALL(SYS_rt_sigprocmask, SIG_SETMASK, set, old, sizeof *set, 0);
}

/* What rt_sigaction(2) reads and writes. */
struct sys_sigaction {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    signal_set mask;
};

static inline int sys_sigaction(int signal, const struct sys_sigaction *action,
                                struct sys_sigaction *old) {
    return (int)SYS_CALL(SYS_rt_sigaction, signal, action, old, sizeof(signal_set), 0);
}

int sys_setsid(void);
int sys_setpgid(int pid, int group);
int sys_getpgid(int pid);
/* `priority` is all that is in a struct sched_param. */
static inline int sys_sched_setscheduler(int policy, int priority) {
    return (int)SYS_CALL(SYS_sched_setscheduler, 0, policy, &priority, 0, 0);
}

int sys_sched_setparam(int priority);
int sys_ptrace(long request, int pid, long data);

static inline int sys_prctl(int option, long argument) {
    return (int)SYS_CALL(SYS_prctl, option, argument, 0, 0, 0);
}

/* execveat(2)'s question whether a file could be executed, Linux 6.14. */
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static inline int sys_execve(const char *path, char *const argv[], char *const envp[]) {
    return (int)SYS_CALL(SYS_execve, path, argv, envp, 0, 0);
}

static inline int sys_execveat(int directory, const char *path, char *const argv[],
                               char *const envp[], int flags) {
    return (int)SYS_CALL(SYS_execveat, directory, path, argv, envp, flags);
}

_Noreturn void sys_exit(int status);

int sys_pidfd_open(int pid, unsigned flags);
int sys_pidfd_send_signal(int pidfd, int signal, unsigned flags);

/* What waitid(2) says of a child. */
struct sys_exit_info {
    int pid;    /* 0 where nobody has ended */
    int code;   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED */
    int status; /* exit code or signal */
};
int sys_waitid(int type, int id, struct sys_exit_info *info, int options, struct rusage *usage);

/* wait4(2) for one child, where waitid(2) may not be allowed. `status` may be null. Returns its pid
 * or -errno. */
int sys_wait4(int pid, int *status, int options);

#endif
