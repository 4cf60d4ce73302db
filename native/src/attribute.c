// SPDX-License-Identifier: Apache-2.0
#include "attribute.h"

#include "confine.h"
#include "credentials.h"
#include "namespace.h"
#include "priority.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>

/* Inlined, for the reason that call.h gives: with ten attributes the returns alone would take as
 * long as two more attributes. */
#define INLINE __attribute__((always_inline)) inline

/* The pid of our parent in the JVM's pid namespace, or -errno. Ours may be another one, in which it
 * has none; /proc is still the JVM's. */
static int parent_of_us(const struct request *request) {
    if (!(request->birth & CLONE_NEWPID)) {
        return (int)sys_call(SYS_getppid, 0, 0, 0, 0, 0, 0);
    }
    char stat[256]; /* pid, name of 64 bytes at most, state, parent */
    int file = sys_open("/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    long size = sys_read(file, stat, sizeof stat);
    sys_close(file);
    long at = size - 1;
    while (at >= 0 && stat[at] != ')') { /* of which the name may have some itself */
        at--;
    }
    int parent = 0;
    for (at += 4; at < size && stat[at] >= '0' && stat[at] <= '9'; at++) {
        parent = 10 * parent + (stat[at] - '0');
    }
    return size < 0 ? (int)size : parent;
}

/* The child ends by `signal` when its parent does; at once if that has happened already. */
static int die_with_parent(const struct request *request, int signal) {
    int result = sys_prctl(PR_SET_PDEATHSIG, signal);
    if (result < 0) {
        return result;
    }
    /* Blocked no longer: an action that waits, for the other end of a FIFO say, would otherwise
     * keep the child alive for as long as that takes, the signal pending. There are no handlers any
     * more that could run in the JVM's memory. */
    const signal_set others = SIGNAL_SET_ALL & ~((signal_set)1 << (signal - 1));
    result = sys_sigmask(&others, NULL);
    if (result < 0) {
        return result;
    }
    /* Behind the prctl: who dies before it sends nothing, so whoever looks first may miss a death
     * in between and live on as an orphan. */
    int parent = parent_of_us(request);
    if (parent < 0) {
        return parent;
    }
    if (parent != request->parent) {
        sys_call(SYS_kill, sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0), signal, 0, 0, 0, 0);
        sys_exit(128 + signal); /* it is ignored, or does not end a process */
    }
    return 0;
}

/* The kernel forgets the signal when ids change. */
static int rearm(const struct request *request, int result) {
    return result == 0 && request->death_signal ? die_with_parent(request, request->death_signal)
                                                : result;
}

/* Of the child alone, though it shares our memory: the kernel spreads it to all that share it,
 * unless one is suspended as by vfork(2). */
static int set_oom_score(const char *text, size_t size) {
    int file = sys_open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    long result = sys_write(file, text, size);
    sys_close(file);
    return result < 0 ? (int)result : 0;
}

static int add_personality(int flags) {
    const long ask = 0xffffffff;
    long current = sys_call(SYS_personality, ask, 0, 0, 0, 0, 0);
    long result = current < 0 ? current : sys_call(SYS_personality, current | flags, 0, 0, 0, 0, 0);
    return result < 0 ? (int)result : 0;
}

INLINE static int set_soft_limit(const struct attribute *attribute) {
    struct rlimit limit;
    long result = sys_call(SYS_prlimit64, 0, attribute->first, 0, (long)&limit, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    limit.rlim_cur = attribute->value < limit.rlim_max ? attribute->value : limit.rlim_max;
    return (int)sys_call(SYS_prlimit64, 0, attribute->first, (long)&limit, 0, 0, 0);
}

INLINE static int set_limit(const struct attribute *attribute) {
    const struct rlimit limit = {.rlim_cur = attribute->value, .rlim_max = attribute->other};
    switch (attribute->second) {
    case REQUEST_KEEP_HARD:
        return set_soft_limit(attribute);
    case REQUEST_PUT_BACK:
        /* Filters refuse it; and so does the kernel, of open files, where fs.nr_open was lowered
         * below the hard limit. Every start would fail for what nobody has asked for. */
        set_soft_limit(attribute);
        return 0;
    default:
        return (int)sys_call(SYS_prlimit64, 0, attribute->first, (long)&limit, 0, 0, 0);
    }
}

INLINE static int apply(const struct request *request, const struct attribute *attribute) {
    const char *data = request_text(request, attribute->data);
    int result;
    switch (attribute->type) {
    case REQUEST_SESSION:
        result = sys_setsid();
        return result < 0 ? result : 0;
    case REQUEST_PROCESS_GROUP:
        return sys_setpgid(0, attribute->first);
    case REQUEST_CGROUP:
    case REQUEST_AUTOKILL:
        return 0; /* it was born so */
    case REQUEST_PID_NAMESPACE:
        return namespace_settle(request);
    case REQUEST_UMASK:
        sys_call(SYS_umask, attribute->first, 0, 0, 0, 0, 0);
        return 0;
    case REQUEST_SCHEDULER:
        return sys_sched_setscheduler(attribute->first, attribute->second);
    case REQUEST_SCHED_PRIORITY:
        return sys_sched_setparam(attribute->first);
    case REQUEST_NICE:
        return priority_set_nice(attribute->first);
    case REQUEST_IO_PRIORITY:
        return priority_set_io(attribute->first);
    case REQUEST_CPU_AFFINITY:
        return priority_set_cpus(data, (size_t)attribute->second);
    case REQUEST_MEMORY_POLICY:
        return priority_set_nodes(attribute->first, data, (size_t)attribute->second);
    case REQUEST_OOM_SCORE_ADJ:
        return set_oom_score(data, (size_t)attribute->second);
    case REQUEST_TIMER_SLACK:
        return sys_prctl(PR_SET_TIMERSLACK, (long)attribute->value);
    case REQUEST_PERSONALITY:
        return add_personality(attribute->first);
    case REQUEST_RESET_IDS:
        return credentials_reset();
    case REQUEST_PARENT_DEATH:
        return die_with_parent(request, attribute->first);
    case REQUEST_USER_NAMESPACE:
        return rearm(request, namespace_map_ids(request, data));
    case REQUEST_NAMESPACES:
        return rearm(request, namespace_enter(request, attribute->first));
    case REQUEST_READ_ONLY:
        return namespace_mount_read_only(data, (size_t)attribute->second);
    case REQUEST_CHROOT:
        return rearm(request, namespace_change_root(request, data));
    case REQUEST_PRIVATE_TMP:
        return namespace_mount_tmp(request);
    case REQUEST_LIMIT:
        return set_limit(attribute);
    case REQUEST_BOUNDING_SET:
        return credentials_bound(attribute->value);
    case REQUEST_GROUPS:
        return credentials_set_groups(attribute->first, data);
    case REQUEST_GROUP:
        return rearm(request, credentials_set_group(attribute->first));
    case REQUEST_USER:
        return rearm(request, credentials_set_user(attribute->first));
    case REQUEST_CAPABILITIES:
        return rearm(request, credentials_keep(attribute->value));
    case REQUEST_NO_NEW_PRIVILEGES:
        return credentials_forbid_new_privileges();
    case REQUEST_PATHS:
        return confine_paths(attribute->first, data, (size_t)attribute->second);
    case REQUEST_CALLS:
        return confine_calls(data, (size_t)attribute->second);
    default:
        return -EINVAL;
    }
}

/* Whether `policy` is one for which a niceness means something. */
static bool is_fair(int policy) { return policy == SCHED_OTHER || policy == SCHED_BATCH; }

/* Applies the `index`-th attribute and the next one by one call, if they are policy and niceness:
 * for each of the two the kernel takes the child off its queue and puts it back, which is what is
 * dear in them. Returns whether it has. If not, nothing has changed, and each is to be tried by its
 * own call, for the error to be its own. */
static bool apply_two(const struct request *request, uint32_t index) {
    const struct attribute *policy = &request->attributes[index];
    return policy->type == REQUEST_SCHEDULER && is_fair(policy->first) &&
           index + 1 < request->header->attributes_count && policy[1].type == REQUEST_NICE &&
           request->capabilities & KERNEL_SCHED_ATTR &&
           priority_set_policy(policy->first, policy->second, policy[1].first) == 0;
}

int attributes_apply(const struct request *request, uint32_t first, uint32_t end, int *failed) {
    for (uint32_t i = 0; i < request->header->attributes_count; i++) {
        const struct attribute *attribute = &request->attributes[i];
        if (attribute->type < first || attribute->type >= end) {
            continue;
        }
        if (apply_two(request, i)) {
            i++;
            continue;
        }
        int result = apply(request, attribute);
        if (result < 0) {
            *failed = (int)i;
            return result;
        }
    }
    return 0;
}
