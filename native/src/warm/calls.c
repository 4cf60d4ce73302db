// SPDX-License-Identifier: Apache-2.0
#include "warm/calls.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/kcmp.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define IOPRIO_WHO_PROCESS 1

/* What is expected where the result does not matter: none of an error, or whichever, as we can do
 * without. */
#define ANY 1
#define ANSWER 2

struct call {
    long nr;
    long arguments[6];
    long expected; /* ANY, ANSWER, or the error that wrong arguments are refused by */
};

static long make(const struct call *call) {
    const long *a = call->arguments;
    long result = sys_call(call->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (result == call->expected || (call->expected == ANY && result >= 0) ||
        call->expected == ANSWER) {
        return 0;
    }
    return result < 0 ? result : -EINVAL;
}

static long make_all(enum calls_need unused) {
    (void)unused;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct capabilities[2];
    char bytes[1024];
    int ends[2];
    int word = 0;
    siginfo_t info;
    long pid = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    const struct call calls[] = {
        {SYS_ptrace, {PTRACE_GETSIGINFO, pid, 0, (long)&info}, -ESRCH},
        {SYS_kcmp, {pid, pid, KCMP_FS}, ANY},
        {SYS_prctl, {PR_GET_NO_NEW_PRIVS}, ANY},
        {SYS_prctl, {PR_GET_SECCOMP}, ANY},
        {SYS_prctl, {PR_CAPBSET_READ, 0}, ANY},
        {SYS_prctl, {PR_GET_TIMERSLACK}, ANY},
        {SYS_capget, {(long)&header, (long)capabilities}, ANY},
        {SYS_sched_getaffinity, {0, sizeof bytes, (long)bytes}, ANY},
        {SYS_get_mempolicy, {0}, ANSWER},
        {SYS_readlinkat, {AT_FDCWD, (long)"/", (long)bytes, sizeof bytes}, ANSWER},
        {SYS_socket, {AF_UNIX, SOCK_DGRAM}, ANSWER},
        {SYS_getsockopt, {-1}, ANSWER},
        {SYS_uname, {(long)bytes}, ANSWER},
        {SYS_ioprio_get, {IOPRIO_WHO_PROCESS, 0}, ANY},
        {SYS_personality, {0xffffffff}, ANY},
        {SYS_getsid, {0}, ANY},
        {SYS_getrlimit, {RLIMIT_CORE, (long)bytes}, ANY},
        {SYS_setpgid, {0, -1}, ANSWER},
        {SYS_fstatfs, {-1, (long)bytes}, -EBADF},
        {SYS_fgetxattr, {-1, (long)"security.capability"}, -EBADF},
        {SYS_pread64, {-1, (long)bytes, 1, 0}, -EBADF},
        {SYS_pwrite64, {-1, (long)bytes, 1, 0}, -EBADF},
        {SYS_ftruncate, {-1, 0}, -EBADF},
        {SYS_inotify_init1, {~(long)0}, ANSWER},
        {SYS_inotify_add_watch, {-1, (long)"/", 1}, ANSWER},
        {SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, (long)ends}, ANY},
        {SYS_sendmsg, {-1}, -EBADF},
        {SYS_recvmsg, {-1}, -EBADF},
        {SYS_futex, {(long)&word, FUTEX_WAKE, 1}, ANY},
    };
    long result = 0;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && result == 0; i++) {
        result = make(&calls[i]);
    }
    return result;
}

static long make_one(enum calls_need need) {
    void *address = NULL;
    long pid = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    const struct call calls[CALLS_NEEDS] = {
        [CALLS_PTRACE] = {SYS_ptrace, {PTRACE_TRACEME}, ANY},
        [CALLS_KCMP] = {SYS_kcmp, {pid, pid, KCMP_FS}, ANY},
        [CALLS_CHECKPOINT_RESTORE] = {SYS_prctl, {PR_GET_TID_ADDRESS, (long)&address}, ANY},
    };
    return make(&calls[need]);
}

/* With memory of its own: see probe.c for what a filter's kill would do to a process that shares
 * it. */
static int ask_child(long (*ask)(enum calls_need), enum calls_need need) {
    const signal_set all = SIGNAL_SET_ALL;
    signal_set mask;
    int status = 0;
    int result = sys_sigmask(&all, &mask);
    if (result < 0) {
        return result;
    }
    long pid = sys_call(SYS_clone, CLONE_VFORK, 0, 0, 0, 0, 0);
    if (pid == 0) {
        const struct rlimit none = {1, 1}; /* no dump, not even to a pipe */
        sys_call(SYS_prlimit64, 0, RLIMIT_CORE, (long)&none, 0, 0, 0);
        for (int fd = 0; fd < 4; fd++) {
            sys_close(fd); /* room for what is opened */
        }
        sys_exit((int)-ask(need));
    }
    if (pid > 0) {
        result = sys_wait4((int)pid, &status, __WALL);
    }
    sys_sigmask(&mask, NULL);
    if (pid < 0 || result < 0) {
        return pid < 0 ? (int)pid : result;
    }
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EACCES;
}

int calls_check(void) {
    static _Atomic int known = ANY;
    int result = known;
    if (result == ANY) {
        result = ask_child(make_all, CALLS_NEEDS);
        if (result != -EAGAIN && result != -ENOMEM) {
            known = result;
        }
    }
    return result;
}

int calls_ask(enum calls_need need) { return ask_child(make_one, need); }
