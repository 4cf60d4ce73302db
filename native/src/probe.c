/* Asks by trying, in a child: a seccomp filter may kill whoever makes a call that it does not know,
 * and then it kills the child. */
#include "probe.h"

#include "block.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4
#endif

struct probe {
    uint64_t capability;
    bool (*is_allowed)(void);
};

/* What the probing child shares with us. */
struct progress {
    volatile unsigned next;
    volatile uint64_t found;
};

static int own_pidfd(void) {
    return sys_pidfd_open((int)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0), 0);
}

static bool clone3_allowed(void) {
    /* No struct can be that small, so an allowed call is refused as invalid. */
    return sys_call(SYS_clone3, 0, 0, 0, 0, 0, 0) == -EINVAL;
}

static bool into_cgroup_allowed(void) {
    /* A descriptor that cannot be open: a kernel that knows the flag looks for it. */
    struct clone_args args = {
        .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 0x7fffffff};
    return sys_call(SYS_clone3, (long)&args, sizeof args, 0, 0, 0, 0) == -EBADF;
}

static bool pidfd_open_allowed(void) { return own_pidfd() >= 0; }

static bool pidfd_send_signal_allowed(void) {
    return sys_pidfd_send_signal(own_pidfd(), 0, 0) == 0;
}

static bool pidfd_group_signal_allowed(void) {
    /* To a group that nobody leads. */
    return sys_pidfd_send_signal(own_pidfd(), 0, PIDFD_SIGNAL_PROCESS_GROUP) == -ESRCH;
}

static bool waitid_pidfd_allowed(void) {
    return sys_waitid(P_PIDFD, own_pidfd(), NULL, WEXITED | WNOHANG, NULL) == -ECHILD;
}

static bool close_range_allowed(void) { return sys_close_range(1, 0, 0) == -EINVAL; }

static bool openat2_allowed(void) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC};
    return sys_openat2(AT_FDCWD, "/", &how) >= 0;
}

static bool faccessat2_allowed(void) { return sys_faccessat2(AT_FDCWD, "/", 0, AT_EACCESS) == 0; }

static bool execveat_allowed(void) {
    return sys_execveat(-1, "", NULL, NULL, AT_EMPTY_PATH) == -EBADF;
}

static bool execve_check_allowed(void) {
    static char *const none[] = {NULL};
    int fd = sys_open("/proc/self/exe", O_PATH | O_CLOEXEC, 0);
    return sys_execveat(fd, "", none, none, AT_EMPTY_PATH | AT_EXECVE_CHECK) == 0;
}

static const struct probe probes[] = {
    {KERNEL_CLONE3, clone3_allowed},
    {KERNEL_CLONE_INTO_CGROUP, into_cgroup_allowed},
    {KERNEL_PIDFD_OPEN, pidfd_open_allowed},
    {KERNEL_PIDFD_SEND_SIGNAL, pidfd_send_signal_allowed},
    {KERNEL_PIDFD_GROUP_SIGNAL, pidfd_group_signal_allowed},
    {KERNEL_WAITID_PIDFD, waitid_pidfd_allowed},
    {KERNEL_CLOSE_RANGE, close_range_allowed},
    {KERNEL_OPENAT2, openat2_allowed},
    {KERNEL_FACCESSAT2, faccessat2_allowed},
    {KERNEL_EXECVEAT, execveat_allowed},
    {KERNEL_EXECVE_CHECK, execve_check_allowed},
};
#define PROBES (sizeof probes / sizeof probes[0])

static void probe_child(void *argument) {
    struct progress *progress = argument;
    /* Room for what the probes open, should the table that we have a copy of be full. */
    for (int fd = 0; fd < 8; fd++) {
        sys_close(fd);
    }
    while (progress->next < PROBES) {
        /* Counted before the call, so that one that kills us is not tried again. */
        const struct probe *probe = &probes[progress->next++];
        if (probe->is_allowed()) {
            progress->found |= probe->capability;
        }
    }
    sys_exit(0);
}

static uint64_t found;

static void probe_all(void) {
    struct progress progress = {0};
    void *stack = block_allocate(0);
    if (!stack) {
        return;
    }
    const signal_set all = SIGNAL_SET_ALL;
    signal_set mask;
    sys_sigmask(&all, &mask);
    while (progress.next < PROBES) {
        unsigned before = progress.next;
        /* Its own descriptor table, so that nothing it opens is ours. */
        long pid = sys_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, stack, NULL, probe_child, &progress);
        if (pid < 0) {
            break;
        }
        sys_waitid(P_PID, (int)pid, NULL, WEXITED | __WALL, NULL);
        if (progress.next == before) {
            break; /* ended by something else */
        }
    }
    sys_sigmask(&mask, NULL);
    block_free(stack, 0);
    found = progress.found;
}

uint64_t probe_capabilities(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, probe_all);
    return found;
}

bool probe_has(uint64_t capability) { return (probe_capabilities() & capability) == capability; }
