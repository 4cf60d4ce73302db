// SPDX-License-Identifier: Apache-2.0
/* Asks by trying, in a child: a seccomp filter may kill whoever makes a call that it does not know,
 * and then it kills the child.
 *
 * The child has memory of its own. Before Linux 5.16 a signal that dumps core, as SIGSYS does, ends
 * every process that shares the memory of the one that it hits, so a child that had ours would take
 * us with it. */
#include "probe.h"

#include "block.h"
#include "confine.h"
#include "namespace.h"
#include "sys.h"
#include "timeslice.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of children that something else than a filter has killed. */
#define MOST_VICTIMS 3

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4
#endif

struct probe {
    uint64_t capability;
    /* Returns 0 where it is there, or the -errno that says otherwise; `found` is what is known to
     * be there already. */
    long (*ask)(uint64_t found);
};

/* What the probing child tells us. */
struct progress {
    const struct probe *probes;
    unsigned count;
    volatile unsigned next;
    volatile uint64_t found;
    volatile long want;     /* -errno of what the child lacked to ask */
    volatile bool limiting; /* whether it was about to forbid its dump; it may have died of that */
};

/* A call with arguments that must be refused tells, by how it is, whether it is known and allowed.
 */
static long expect(long result, long expected) {
    if (result == expected) {
        return 0;
    }
    return result < 0 ? result : -EINVAL;
}

static long at_least_zero(long result) { return result < 0 ? result : 0; }

/* Lack of something that may be there again in a moment says nothing about the kernel. */
static bool is_passing(long error) {
    return error == -EAGAIN || error == -ENOMEM || error == -EMFILE || error == -ENFILE ||
           error == -ENOBUFS || error == -EINTR;
}

/* No struct can be that small. */
static long clone3(uint64_t found) {
    (void)found;
    return expect(sys_call(SYS_clone3, 0, 0, 0, 0, 0, 0), -EINVAL);
}

static long into_cgroup(uint64_t found) {
    (void)found;
    /* A descriptor that cannot be open: a kernel that knows the flag looks for it. */
    struct clone_args args = {
        .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 0x7fffffff};
    return expect(sys_call(SYS_clone3, (long)&args, sizeof args, 0, 0, 0, 0), -EBADF);
}

static long autokill(uint64_t found) {
    (void)found;
    int pidfd;
    struct clone_args args = {
        .flags = LIFETIME_AUTOKILL | LIFETIME_NNP | CLONE_PIDFD | CLONE_INTO_CGROUP,
        .pidfd = (uintptr_t)&pidfd,
        .cgroup = 0x7fffffff,
    };
    return expect(sys_call(SYS_clone3, (long)&args, sizeof args, 0, 0, 0, 0), -EBADF);
}

static void leave(void *unused) {
    (void)unused;
    sys_exit(0);
}

/* A child that ends at once, waited for: its pidfd, or -errno. */
static int pidfd_of_clone(void) {
    char stack[4096] __attribute__((aligned(16)));
    int pidfd = -EINVAL; /* a kernel that does not know the flag ignores it */
    long pid =
        sys_clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD, stack + sizeof stack, &pidfd, leave, NULL);
    if (pid < 0) {
        return (int)pid;
    }
    sys_wait4((int)pid, NULL, __WALL);
    return pidfd;
}

static int pidfd_of_clone3(void) {
    char stack[4096] __attribute__((aligned(16)));
    int pidfd = -EINVAL;
    struct clone_args args = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD,
        .pidfd = (uintptr_t)&pidfd,
        .stack = (uintptr_t)stack,
        .stack_size = sizeof stack,
    };
    long pid = sys_clone3(&args, sizeof args, leave, NULL);
    if (pid < 0) {
        return (int)pid;
    }
    sys_wait4((int)pid, NULL, __WALL);
    return pidfd;
}

static int own_pidfd(void) {
    return sys_pidfd_open((int)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0), 0);
}

/* A pidfd, to try what can be done with one: by whatever gives one here. */
static int some_pidfd(uint64_t found) {
    if (found & KERNEL_PIDFD_OPEN) {
        return own_pidfd();
    }
    if (found & KERNEL_CLONE_PIDFD) {
        return pidfd_of_clone();
    }
    return found & KERNEL_CLONE3 ? pidfd_of_clone3() : -ENOSYS;
}

static long clone_pidfd(uint64_t found) {
    (void)found;
    return at_least_zero(pidfd_of_clone());
}

static long pidfd_open(uint64_t found) {
    (void)found;
    return at_least_zero(own_pidfd());
}

/* To ourselves, or to a child that has ended. */
static long signal_by_pidfd(uint64_t found, unsigned flags) {
    int pidfd = some_pidfd(found);
    int result = pidfd < 0 ? pidfd : sys_pidfd_send_signal(pidfd, 0, flags);
    return result == -ESRCH ? 0 : result;
}

static long pidfd_send_signal(uint64_t found) { return signal_by_pidfd(found, 0); }

/* To a group that nobody leads. */
static long pidfd_group_signal(uint64_t found) {
    return signal_by_pidfd(found, PIDFD_SIGNAL_PROCESS_GROUP);
}

/* For ourselves, who are no child of ours, or for a child that we have waited for. */
static long waitid_pidfd(uint64_t found) {
    int pidfd = some_pidfd(found);
    return pidfd < 0 ? pidfd
                     : expect(sys_waitid(P_PIDFD, pidfd, NULL, WEXITED | WNOHANG | __WALL, NULL),
                              -ECHILD);
}

static long close_range_(uint64_t found) {
    (void)found;
    return expect(sys_close_range(1, 0, 0), -EINVAL);
}

/* Whatever the answer. */
static long close_range_answered(uint64_t found) {
    (void)found;
    sys_close_range(1, 0, 0);
    return 0;
}

static long openat2(uint64_t found) {
    (void)found;
    struct open_how how = {.flags = O_PATH | O_CLOEXEC};
    return at_least_zero(sys_openat2(AT_FDCWD, "/", &how));
}

static long faccessat2(uint64_t found) {
    (void)found;
    return sys_faccessat2(AT_FDCWD, "/", 0, AT_EACCESS);
}

static long execveat_with(int flags) {
    return expect(sys_execveat(-1, "", NULL, NULL, AT_EMPTY_PATH | flags), -EBADF);
}

static long execveat_(uint64_t found) {
    (void)found;
    return execveat_with(0);
}

static long execve_check(uint64_t found) {
    (void)found;
    return execveat_with(AT_EXECVE_CHECK);
}

static long memfd(uint64_t found) {
    (void)found;
    return at_least_zero(sys_memfd_create("spawn4j-probe", 0));
}

static long sched_attr(uint64_t found) {
    (void)found;
    long result = timeslice_halve();
    /* Which sets none where the kernel knows of none. */
    return result < 0 ? result : expect(sys_call(SYS_sched_setattr, 0, 0, 0, 0, 0, 0), -EINVAL);
}

static long splice_(uint64_t found) {
    (void)found;
    return expect(sys_call(SYS_splice, -1, 0, -1, 0, 1, 0), -EBADF);
}

static const struct probe probes[] = {
    {KERNEL_CLONE3, clone3},
    {KERNEL_CLONE_INTO_CGROUP, into_cgroup},
    {KERNEL_CLONE_PIDFD, clone_pidfd},
    {KERNEL_PIDFD_OPEN, pidfd_open},
    {KERNEL_PIDFD_SEND_SIGNAL, pidfd_send_signal},
    {KERNEL_PIDFD_GROUP_SIGNAL, pidfd_group_signal},
    {KERNEL_WAITID_PIDFD, waitid_pidfd},
    {KERNEL_CLOSE_RANGE, close_range_},
    {KERNEL_CLOSE_RANGE_ANSWERED, close_range_answered},
    {KERNEL_OPENAT2, openat2},
    {KERNEL_FACCESSAT2, faccessat2},
    {KERNEL_EXECVEAT, execveat_},
    {KERNEL_EXECVE_CHECK, execve_check},
    {KERNEL_MEMFD_CREATE, memfd},
    {KERNEL_SCHED_ATTR, sched_attr},
    {KERNEL_SPLICE, splice_},
    {KERNEL_AUTOKILL, autokill},
};

static long landlock(uint64_t found) {
    (void)found;
    return confine_check();
}

/* No struct can be that small. */
static long mount_setattr_(uint64_t found) {
    (void)found;
    return expect(sys_call(SYS_mount_setattr, -1, (long)"", 0, 0, 0, 0), -EINVAL);
}

static long enter(int flags) {
    const struct request none = {.birth = 0};
    return namespace_enter(&none, flags);
}

static long own_network(uint64_t found) {
    (void)found;
    return enter(CLONE_NEWNET);
}

static long own_mounts(uint64_t found) {
    (void)found;
    return enter(CLONE_NEWNS);
}

static long own_user(uint64_t found) {
    (void)found;
    return enter(CLONE_NEWUSER);
}

static const struct probe confinements[] = {
    {CONFINEMENT_LANDLOCK, landlock},
    {CONFINEMENT_MOUNT_SETATTR, mount_setattr_},
    {CONFINEMENT_NETWORK_NAMESPACE, own_network},
    {CONFINEMENT_MOUNT_NAMESPACE, own_mounts},
    {CONFINEMENT_USER_NAMESPACE, own_user},
};

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof(array)[0]))

/* A filter's kill would dump core, of all memory that the child has a copy of. Whoever
 * comes after a child that has died of this call does without it: else none would ever come to the
 * probes. */
static void forbid_dump(struct progress *progress) {
    if (progress->limiting) {
        return;
    }
    progress->limiting = true;
    /* 1 and not 0: that is what keeps a dump from a core_pattern that is a pipe as well (core(5)).
     */
    const struct rlimit none = {1, 1};
    sys_call(SYS_prlimit64, 0, RLIMIT_CORE, (long)&none, 0, 0, 0);
    progress->limiting = false;
}

static void probe_child(void *argument) {
    struct progress *progress = argument;
    forbid_dump(progress);
    /* Room for what the probes open, should the table that we have a copy of be full. */
    for (int fd = 0; fd < 8; fd++) {
        sys_close(fd);
    }
    while (progress->next < progress->count) {
        /* Counted before the call, so that one that kills us is not tried again. */
        const struct probe *probe = &progress->probes[progress->next++];
        long result = probe->ask(progress->found);
        if (result == 0) {
            progress->found |= probe->capability;
        } else if (is_passing(result)) {
            progress->want = result;
            break;
        }
    }
    sys_exit(0);
}

/* A child without a signal at its exit, so that the JVM hears nothing of it and only __WALL waits
 * for it. Its descriptor table is its own, so that nothing it opens is ours. */
static long start_child(struct progress *progress) {
    long pid = sys_call(SYS_clone, CLONE_VFORK, 0, 0, 0, 0, 0);
    if (pid == 0) {
        probe_child(progress);
    }
    if (pid == -ENOMEM) {
        /* A process that takes more than half of what may be promised cannot be copied; rather
         * without what it protects from than not at all. */
        pid = sys_clone(CLONE_VM | CLONE_VFORK, progress, NULL, probe_child, progress);
    }
    return pid;
}

/* Goes on behind the calls that kill. Returns 0 or -errno. */
static int probe_with(struct progress *progress) {
    int victims = 0;
    while (progress->next < progress->count) {
        int status = 0;
        long pid = start_child(progress);
        if (pid < 0) {
            return (int)pid;
        }
        int result = sys_wait4((int)pid, &status, __WALL);
        if (result < 0) {
            return result;
        }
        if (progress->want < 0) {
            return (int)progress->want;
        }
        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGSYS) {
            /* Somebody's kill, which says nothing about the kernel. */
            if (++victims == MOST_VICTIMS) {
                return -EAGAIN;
            }
            progress->next -= progress->next > 0;
        }
    }
    return 0;
}

static int probe_all(const struct probe *asked, unsigned count, uint64_t *found) {
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    struct progress *progress = block_allocate(size);
    if (!progress) {
        return -ENOMEM;
    }
    progress->probes = asked;
    progress->count = count;
    /* A handler of the JVM that ran in the child would take it for the JVM. */
    const signal_set all = SIGNAL_SET_ALL;
    signal_set mask;
    int result = sys_sigmask(&all, &mask);
    if (result == 0) {
        result = probe_with(progress);
        sys_sigmask(&mask, NULL);
    }
    *found = progress->found;
    block_free(progress, size);
    return result;
}

/* What is known of some questions. */
struct knowledge {
    atomic_bool known;
    uint64_t found;
};

static int learn(struct knowledge *knowledge, const struct probe *asked, unsigned count,
                 uint64_t *found) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int result = 0;
    if (!knowledge->known) {
        pthread_mutex_lock(&lock);
        if (!knowledge->known) {
            result = probe_all(asked, count, &knowledge->found);
            knowledge->known = result == 0;
        }
        pthread_mutex_unlock(&lock);
    }
    *found = result == 0 ? knowledge->found : 0;
    return result;
}

int probe_capabilities(uint64_t *capabilities) {
    static struct knowledge kernel;
    return learn(&kernel, probes, COUNT(probes), capabilities);
}

int probe_confinement(uint64_t *mechanisms) {
    static struct knowledge confinement;
    return learn(&confinement, confinements, COUNT(confinements), mechanisms);
}

bool probe_has(uint64_t capability) {
    uint64_t capabilities;
    return probe_capabilities(&capabilities) == 0 && (capabilities & capability) == capability;
}
