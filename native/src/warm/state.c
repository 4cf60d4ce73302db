// SPDX-License-Identifier: Apache-2.0
#include "warm/state.h"

#include "sys.h"
#include "warm/number.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/sched/types.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MOST_PROCESSORS 8192
#define MOST_NODES 1024

/* Linux 5.14. */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_GET 0
#endif
#define PR_SCHED_CORE_THREAD 0
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define IOPRIO_WHO_PROCESS 1

/* PIDFD_GET_INFO of linux/pidfd.h, Linux 6.13, which the headers of older systems lack. */
struct pidfd_info {
    uint64_t mask;
    uint64_t cgroup_id;
    uint32_t ids[12];
};
#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)
#define PIDFD_INFO_CGROUPID ((uint64_t)1 << 2)

static uint64_t hash(const void *bytes, size_t size) {
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211ULL;
    }
    return hash;
}

/* The content of a small file, of which at most `capacity` bytes count. Returns its size or -errno.
 */
static long read_note(int fd, void *note, size_t capacity) {
    return sys_call(SYS_pread64, fd, (long)note, (long)capacity, 0, 0, 0);
}

static int ask_cgroup(int pidfd, uint64_t *cgroup) {
    struct pidfd_info info = {.mask = PIDFD_INFO_CGROUPID};
    int result = sys_ioctl(pidfd, PIDFD_GET_INFO, &info);
    *cgroup = info.cgroup_id;
    return result == 0 && !(info.mask & PIDFD_INFO_CGROUPID) ? -ENOTTY : result;
}

static int read_cgroup(const struct state_files *files, uint64_t *cgroup) {
    if (files->cgroup < 0) {
        return ask_cgroup(files->process, cgroup);
    }
    char text[4096];
    long size = read_note(files->cgroup, text, sizeof text);
    *cgroup = size > 0 ? hash(text, (size_t)size) : 0;
    return size < 0 ? (int)size : 0;
}

/* Whether there is one hierarchy only, which is the one that a pidfd knows of. */
static bool is_unified(int cgroup) {
    char text[256];
    long size = read_note(cgroup, text, sizeof text);
    return size > 3 && memcmp(text, "0::", 3) == 0 &&
           memchr(text, '\n', (size_t)size) == text + size - 1;
}

int state_open(struct state_files *files) {
    uint64_t cgroup;
    *files = STATE_NO_FILES;
    files->process = sys_pidfd_open((int)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0), 0);
    if (files->process < 0) {
        return files->process;
    }
    files->cgroup = sys_open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC, 0);
    if (files->cgroup < 0) {
        return files->cgroup;
    }
    if (is_unified(files->cgroup) && ask_cgroup(files->process, &cgroup) == 0) {
        sys_close(files->cgroup);
        files->cgroup = -1;
    }
    files->oom_score_adj = sys_open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC, 0);
    if (files->oom_score_adj < 0) {
        return files->oom_score_adj;
    }
    /* A kernel without core dumps has none. */
    files->coredump_filter = sys_open("/proc/self/coredump_filter", O_RDONLY | O_CLOEXEC, 0);
    return 0;
}

void state_close(struct state_files *files) {
    const int all[] = {files->process, files->cgroup, files->oom_score_adj, files->coredump_filter};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i] >= 0) {
            sys_close(all[i]);
        }
    }
}

/* The number of the thread's filters, or -1: an older kernel or no /proc tells nothing. */
static int32_t count_filters(void) {
    char text[4096];
    int fd = sys_open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    long size = sys_read(fd, text, sizeof text - 1);
    sys_close(fd);
    text[size > 0 ? size : 0] = 0;
    const char *line = strstr(text, "\nSeccomp_filters:");
    return line ? (int32_t)number_read(&line) : -1;
}

static bool may(const struct authority *authority, int capability) {
    uint64_t effective = authority->capabilities[0] | (uint64_t)authority->capabilities[3] << 32;
    return effective >> capability & 1;
}

/* Of the capabilities in `like`, those that this thread's bounding set holds. */
static uint64_t read_bounding(uint64_t like) {
    uint64_t bounding = 0;
    for (int i = 0; i < 64 && like >> i; i++) {
        if (like >> i & 1) {
            long result = sys_call(SYS_prctl, PR_CAPBSET_READ, i, 0, 0, 0, 0);
            if (result < 0) {
                break; /* the kernel knows no further ones */
            }
            bounding |= (uint64_t)result << i;
        }
    }
    return bounding;
}

/* The number of the thread's network namespace, which each of its sockets bears (Linux 5.14), or
 * -errno. It needs no /proc, which may be missing in another root. */
static int read_cookie(uint64_t *network) {
    uint32_t size = sizeof *network;
    int fd = (int)sys_call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0, 0);
    if (fd < 0) {
        return fd;
    }
    long result =
        sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_NETNS_COOKIE, (long)network, (long)&size, 0);
    sys_close(fd);
    return (int)result;
}

static int read_network(uint64_t *network) {
    int result = read_cookie(network);
    if (result < 0) {
        char name[64];
        result = (int)sys_call(SYS_readlinkat, AT_FDCWD, (long)"/proc/thread-self/ns/net",
                               (long)name, sizeof name, 0, 0);
        *network = result < 0 ? 0 : hash(name, (size_t)result);
    }
    return result < 0 ? result : 0;
}

/* A user who may not enter other namespaces has to make one of users first, and then cannot trace
 * the helper. The names of the machine stand for the namespace that holds them: it does not matter
 * which of two with the same names it is. */
static void read_namespaces(struct state_authority *authority) {
    struct utsname names;
    authority->network_failure = read_network(&authority->network);
    memset(&names, 0, sizeof names);
    sys_call(SYS_uname, (long)&names, 0, 0, 0, 0, 0);
    authority->host = hash(&names, sizeof names);
}

/* What kernel or processor do not know gives the same error each time. */
static void read_isolation(struct state_authority *authority) {
    for (int kind = 0; kind < STATE_SPECULATIONS; kind++) {
        authority->speculation[kind] =
            (int32_t)sys_call(SYS_prctl, PR_GET_SPECULATION_CTRL, kind, 0, 0, 0, 0);
    }
    sys_call(SYS_prctl, PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, PR_SCHED_CORE_THREAD,
             (long)&authority->cookie, 0);
}

static int read_authority(const struct state *like, struct state_authority *authority) {
    int result = authority_read(&authority->authority);
    read_isolation(authority);
    if (may(&authority->authority, CAP_SYS_ADMIN)) {
        read_namespaces(authority);
    }
    authority->no_new_privs = sys_prctl(PR_GET_NO_NEW_PRIVS, 0);
    /* Only what kills or refuses this call makes another mode than 0 or 2. */
    authority->seccomp = sys_prctl(PR_GET_SECCOMP, 0);
    /* A thread can lower these for itself alone; asking costs some microseconds, so those who
     * cannot are not asked. */
    if (may(&authority->authority, CAP_SETPCAP)) {
        authority->bounding = read_bounding(like ? like->authority.bounding : ~(uint64_t)0);
    }
    if (authority->seccomp != 0 &&
        (authority->no_new_privs || may(&authority->authority, CAP_SYS_ADMIN))) {
        authority->filters = count_filters();
    }
    return result;
}

/* What a child of a thread with these attributes has (sched(7)); the time slice is the usual one,
 * as `like` has it. */
static void reset_on_fork(struct sched_attr *attributes, const struct state *like) {
    struct sched_attr usual = {0};
    if (like) {
        memcpy(&usual, like->schedule.attributes, sizeof usual);
    }
    if (attributes->sched_policy != SCHED_NORMAL && attributes->sched_policy != SCHED_BATCH) {
        attributes->sched_policy = SCHED_NORMAL;
        attributes->sched_priority = 0;
    }
    attributes->sched_nice = attributes->sched_nice < 0 ? 0 : attributes->sched_nice;
    attributes->sched_runtime = usual.sched_runtime;
    attributes->sched_flags &= ~(uint64_t)SCHED_FLAG_RESET_ON_FORK;
}

static void read_memory_policy(struct state_schedule *schedule) {
    unsigned long nodes[MOST_NODES / 8 / sizeof(unsigned long)] = {0};
    int policy = 0;
    long result = sys_call(SYS_get_mempolicy, (long)&policy, (long)nodes, MOST_NODES, 0, 0, 0);
    schedule->memory_policy = result < 0 ? result : policy;
    schedule->memory_nodes = hash(nodes, sizeof nodes);
}

static int read_schedule(const struct state *like, struct state_schedule *schedule) {
    struct sched_attr attributes = {0};
    unsigned char processors[MOST_PROCESSORS / 8];
    static_assert(sizeof attributes == sizeof schedule->attributes, "sched_attr");
    long result = sys_call(SYS_sched_getattr, 0, (long)&attributes, sizeof attributes, 0, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    if (attributes.sched_flags & SCHED_FLAG_RESET_ON_FORK) {
        reset_on_fork(&attributes, like);
    }
    memcpy(schedule->attributes, &attributes, sizeof attributes);
    result = sys_call(SYS_sched_getaffinity, 0, sizeof processors, (long)processors, 0, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    schedule->processors = hash(processors, (size_t)result);
    schedule->io_priority = sys_call(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0, 0, 0, 0, 0);
    read_memory_policy(schedule);
    schedule->timer_slack = sys_call(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0, 0);
    schedule->machine_checks = sys_call(SYS_prctl, PR_MCE_KILL_GET, 0, 0, 0, 0, 0);
    return 0;
}

/* A session's terminal is that of whoever was there when it was opened, and of their children. */
static bool has_terminal(void) {
    int fd = sys_open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd >= 0) {
        sys_close(fd);
    }
    return fd >= 0;
}

static int read_group(const struct state_files *files, struct state_group *group) {
    group->session = (int32_t)sys_call(SYS_getsid, 0, 0, 0, 0, 0, 0);
    group->process_group = sys_getpgid(0);
    group->has_terminal =
        group->session == (int32_t)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0) && has_terminal();
    return read_cgroup(files, &group->cgroup);
}

static int read_limits(const struct state_files *files, struct state_limits *limits) {
    long result = sys_call(SYS_prlimit64, 0, RLIMIT_STACK, 0, (long)&limits->stack, 0, 0);
    limits->personality = sys_call(SYS_personality, 0xffffffff, 0, 0, 0, 0, 0);
    limits->lacks_huge_pages = sys_call(SYS_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0, 0);
    if (result == 0) {
        result = read_note(files->oom_score_adj, limits->oom_score_adj, STATE_NOTE_SIZE);
    }
    if (result >= 0 && files->coredump_filter >= 0) {
        result = read_note(files->coredump_filter, limits->coredump_filter, STATE_NOTE_SIZE);
    }
    return result < 0 ? (int)result : 0;
}

int state_read(const struct state_files *files, const struct state *like, struct state *state) {
    memset(state, 0, sizeof *state);
    int result = read_authority(like, &state->authority);
    if (result == 0) {
        result = read_schedule(like, &state->schedule);
    }
    if (result == 0) {
        result = read_group(files, &state->group);
    }
    return result == 0 ? read_limits(files, &state->limits) : result;
}

#define EQUAL(a, b) (memcmp(&(a), &(b), sizeof(a)) == 0)

enum warm_reason state_compare(const struct state *made, const struct state *now) {
    bool is_unknown = now->authority.filters < 0 || now->authority.network_failure < 0;
    if (!EQUAL(made->authority, now->authority) || is_unknown) {
        return WARM_OTHER_AUTHORITY;
    }
    if (!EQUAL(made->group, now->group)) {
        return WARM_OTHER_GROUP;
    }
    if (!EQUAL(made->limits, now->limits)) {
        return WARM_OTHER_LIMITS;
    }
    return EQUAL(made->schedule, now->schedule) ? WARM_STARTED : WARM_OTHER_SCHEDULE;
}

bool state_has_full_capabilities(int pid, const struct state *state) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, pid};
    struct __user_cap_data_struct data[2];
    const struct authority *authority = &state->authority.authority;
    if (sys_call(SYS_capget, (long)&header, (long)data, 0, 0, 0, 0) < 0) {
        return false;
    }
    /* Inheritable ones are needed for ambient ones, and could be lowered unseen. */
    if (authority->capabilities[2] || authority->capabilities[5]) {
        return false;
    }
    bool is_root = authority->uids[0] == 0 || authority->uids[1] == 0;
    bool gains = is_root && !(authority->securebits & SECBIT_NOROOT);
    uint64_t permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    return permitted == (gains ? read_bounding(~(uint64_t)0) : 0);
}
