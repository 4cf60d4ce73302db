// SPDX-License-Identifier: Apache-2.0
/* Nobody gets by a warm start what a cold one would not have given him: what has changed since the
 * helper was made is seen, or the child has it as well. */
#include "warm_requests.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif

static const char *const STATUS[] = {"/usr/bin/grep", "-E",
                                     "^(Umask|Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Sig[BI])",
                                     "/proc/self/status", NULL};

static void own_ids(void) { CHECK_EQUAL(sys_call(SYS_setresuid, -1, 65534, -1, 0, 0, 0), 0); }

static void own_group_id(void) { CHECK_EQUAL(sys_call(SYS_setresgid, -1, 65534, -1, 0, 0, 0), 0); }

static void own_groups(void) {
    const gid_t groups[] = {65534};
    CHECK_EQUAL(sys_call(SYS_setgroups, 1, (long)groups, 0, 0, 0, 0), 0);
}

static void drop_capability(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    CHECK_EQUAL(sys_call(SYS_capget, (long)&header, (long)data, 0, 0, 0, 0), 0);
    data[0].effective &= ~(1U << CAP_NET_RAW);
    data[0].permitted &= ~(1U << CAP_NET_RAW);
    CHECK_EQUAL(sys_call(SYS_capset, (long)&header, (long)data, 0, 0, 0, 0), 0);
}

static void lower_bounding_set(void) { CHECK_EQUAL(prctl(PR_CAPBSET_DROP, CAP_NET_RAW), 0); }

static void set_securebits(void) {
    CHECK_EQUAL(prctl(PR_SET_SECUREBITS, 1 /* SECBIT_NOROOT */), 0);
}

static void want_no_new_privs(void) { CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0); }

/* A filter that allows everything. */
static void add_filter(void) {
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {1, &allow};
    CHECK_EQUAL(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
}

static void add_landlock(void) {
    long fd = -1;
#ifdef SYS_landlock_create_ruleset
    const struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_SOCK};
    fd = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
#endif
    if (fd < 0) {
        printf("skipped, no Landlock: ");
        exit(0);
    }
#ifdef SYS_landlock_restrict_self
    CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQUAL(syscall(SYS_landlock_restrict_self, fd, 0), 0);
    close((int)fd);
#endif
}

static void own_directory(void) { CHECK_EQUAL(unshare(CLONE_FS), 0); }

static void own_mounts(void) { CHECK_EQUAL(unshare(CLONE_NEWNS), 0); }

static void own_network(void) { CHECK_EQUAL(unshare(CLONE_NEWNET), 0); }

static void own_host_name(void) {
    CHECK_EQUAL(unshare(CLONE_NEWUTS), 0);
    CHECK_EQUAL(sethostname("elsewhere", 9), 0);
}

static void prefer_memory(void) {
    if (syscall(SYS_set_mempolicy, 3 /* MPOL_INTERLEAVE */, &(unsigned long){1}, 64UL) != 0) {
        printf("skipped, no policy for memory (%s): ", strerror(errno));
        exit(0);
    }
}

static void be_nicer(void) { CHECK_EQUAL(setpriority(PRIO_PROCESS, 0, 5), 0); }

static void be_batch(void) {
    const struct sched_param none = {0};
    CHECK_EQUAL(sched_setscheduler(0, SCHED_BATCH, &none), 0);
}

static void use_one_processor(void) {
    cpu_set_t set;
    CHECK_EQUAL(sched_getaffinity(0, sizeof set, &set), 0);
    if (CPU_COUNT(&set) < 2) {
        printf("skipped, one processor: ");
        exit(0);
    }
    size_t cpu = 0;
    while (!CPU_ISSET(cpu, &set)) {
        cpu++;
    }
    CPU_CLR(cpu, &set);
    CHECK_EQUAL(sched_setaffinity(0, sizeof set, &set), 0);
}

static void be_idle_with_disks(void) { CHECK_EQUAL(syscall(SYS_ioprio_set, 1, 0, 3 << 13), 0); }

static void take_time(void) { CHECK_EQUAL(prctl(PR_SET_TIMERSLACK, 1000000), 0); }

static void be_told_of_broken_memory(void) {
    CHECK_EQUAL(prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0), 0);
}

static void do_without_huge_pages(void) { CHECK_EQUAL(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0); }

static void stop_speculation(void) {
    if (!(prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0) & PR_SPEC_PRCTL)) {
        printf("skipped, no thread can change it: ");
        exit(0);
    }
    CHECK_EQUAL(prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, PR_SPEC_DISABLE, 0, 0), 0);
}

static void own_process_group(void) { CHECK_EQUAL(setpgid(0, 0), 0); }

static void own_session(void) { CHECK(setsid() >= 0); }

static void lead_session(void) {
    pid_t leader = getpid();
    if (setsid() < 0) {
        CHECK_EQUAL(getsid(0), leader);
    }
}

static void get_terminal(void) {
    int manager = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (manager < 0 || unlockpt(manager) != 0) {
        printf("skipped, no terminal (%s): ", strerror(errno));
        exit(0);
    }
    CHECK(open(ptsname(manager), O_RDWR | O_CLOEXEC) >= 0);
}

static void limit_stack(void) {
    struct rlimit limit;
    CHECK_EQUAL(getrlimit(RLIMIT_STACK, &limit), 0);
    limit.rlim_cur = 4 * 1024 * 1024;
    CHECK_EQUAL(setrlimit(RLIMIT_STACK, &limit), 0);
}

static void change_personality(void) { CHECK(personality(ADDR_NO_RANDOMIZE) >= 0); }

static void write_to(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQUAL(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void be_killed_sooner(void) { write_to("/proc/self/oom_score_adj", "100"); }

static void dump_more(void) { write_to("/proc/self/coredump_filter", "0x7f"); }

static void ignore_children(void) { signal(SIGCHLD, SIG_IGN); }

static char group[96];

static void move_to_cgroup(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    write_to(path, "0");
}

static const struct row {
    const char *name;
    void (*before)(void); /* the helper is made */
    void (*change)(void);
    enum warm_reason reason;
    bool needs_root;
} rows[] = {
    {"ids", NULL, own_ids, WARM_OTHER_AUTHORITY, true},
    {"group id", NULL, own_group_id, WARM_OTHER_AUTHORITY, true},
    {"groups", NULL, own_groups, WARM_OTHER_AUTHORITY, true},
    {"capability", NULL, drop_capability, WARM_OTHER_AUTHORITY, true},
    {"bounding set", NULL, lower_bounding_set, WARM_OTHER_AUTHORITY, true},
    {"securebits", NULL, set_securebits, WARM_OTHER_AUTHORITY, true},
    {"no_new_privs", NULL, want_no_new_privs, WARM_OTHER_AUTHORITY, false},
    {"filter", want_no_new_privs, add_filter, WARM_OTHER_AUTHORITY, false},
    {"filter of a privileged one", NULL, add_filter, WARM_OTHER_AUTHORITY, true},
    {"Landlock", want_no_new_privs, add_landlock, WARM_NO_ACCESS, false},
    {"own directory", NULL, own_directory, WARM_NO_ACCESS, false},
    {"mounts", NULL, own_mounts, WARM_NO_ACCESS, true},
    {"network", NULL, own_network, WARM_OTHER_AUTHORITY, true},
    {"host name", NULL, own_host_name, WARM_OTHER_AUTHORITY, true},
    {"memory policy", NULL, prefer_memory, WARM_OTHER_SCHEDULE, false},
    {"niceness", NULL, be_nicer, WARM_OTHER_SCHEDULE, false},
    {"policy", NULL, be_batch, WARM_OTHER_SCHEDULE, false},
    {"processors", NULL, use_one_processor, WARM_OTHER_SCHEDULE, false},
    {"input and output", NULL, be_idle_with_disks, WARM_OTHER_SCHEDULE, false},
    {"timer slack", NULL, take_time, WARM_OTHER_SCHEDULE, false},
    {"broken memory", NULL, be_told_of_broken_memory, WARM_OTHER_SCHEDULE, false},
    {"huge pages", NULL, do_without_huge_pages, WARM_OTHER_LIMITS, false},
    {"speculation", NULL, stop_speculation, WARM_OTHER_AUTHORITY, false},
    {"process group", NULL, own_process_group, WARM_OTHER_GROUP, false},
    {"session", NULL, own_session, WARM_OTHER_GROUP, false},
    {"terminal", lead_session, get_terminal, WARM_OTHER_GROUP, false},
    {"stack", NULL, limit_stack, WARM_OTHER_LIMITS, false},
    {"personality", NULL, change_personality, WARM_OTHER_LIMITS, false},
    {"oom_score_adj", NULL, be_killed_sooner, WARM_OTHER_LIMITS, false},
    {"coredump_filter", NULL, dump_more, WARM_OTHER_LIMITS, false},
    {"ignored children", NULL, ignore_children, WARM_SIGCHLD_IGNORED, false},
};

static enum warm_reason start(struct warm_helper *helper, const char *const argv[], char *text,
                              size_t capacity) {
    struct builder b = request_printing(argv);
    int result = 0;
    enum warm_reason reason = warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result);
    CHECK_EQUAL(result, 0);
    if (reason == WARM_STARTED) {
        await_output(&b, text, capacity);
    }
    request_discard(&b);
    return reason;
}

static void start_cold(const char *const argv[], char *text, size_t capacity) {
    struct builder b = request_printing(argv);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    await_output(&b, text, capacity);
    request_discard(&b);
}

static const struct row *current;

static void change_is_seen(void) {
    char text[4096];
    if (current->before) {
        current->before();
    }
    struct warm_helper *helper = make(STATUS);
    CHECK_EQUAL(start(helper, STATUS, text, sizeof text), WARM_STARTED);
    current->change();
    CHECK_EQUAL(start(helper, STATUS, text, sizeof text), current->reason);
    exit(0); /* who has given up rights may not be able to end the helper, which ends with us */
}

static void every_change_is_seen(void) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        current = &rows[i];
        if (current->needs_root && getuid() != 0) {
            printf("skipped, not root: %s\n", current->name);
            continue;
        }
        check_run(change_is_seen, current->name);
    }
}

/* Another filter changes neither mode nor privileges: only their number tells. */
static void a_further_filter_is_seen(void) {
    want_no_new_privs();
    add_filter();
    static const struct row further = {"further filter", NULL, add_filter, WARM_OTHER_AUTHORITY,
                                       false};
    current = &further;
    change_is_seen();
}

static void another_cgroup_is_seen(void) {
    const char *root =
        access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
    snprintf(group, sizeof group, "%s/spawn4j-warm-%d", root, (int)getpid());
    if (mkdir(group, 0755) != 0) {
        printf("skipped, no cgroup can be made (%s): ", strerror(errno));
        return;
    }
    static const struct row other = {"cgroup", NULL, move_to_cgroup, WARM_OTHER_GROUP, true};
    current = &other;
    check_run(change_is_seen, other.name);
    while (rmdir(group) != 0) {
        CHECK_EQUAL(errno, EBUSY); /* the helper is about to end */
        sched_yield();
    }
}

static void move_elsewhere(void) {
    CHECK_EQUAL(chdir("/proc"), 0);
    umask(027);
}

static void lower_limits(void) {
    const struct rlimit files = {300, 400};
    const struct rlimit core = {1, 2};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &files), 0);
    CHECK_EQUAL(setrlimit(RLIMIT_CORE, &core), 0);
}

static void ignore_signals(void) {
    const sigset_t all = {{~0UL}};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    CHECK_EQUAL(sigprocmask(SIG_SETMASK, &all, NULL), 0);
}

/* What a cold child has after a change, a warm one has too. */
static void check_followed(void (*change)(void), const char *const argv[]) {
    char cold[4096];
    char warm[4096];
    struct warm_helper *helper = make(argv);
    change();
    start_cold(argv, cold, sizeof cold);
    CHECK_EQUAL(start(helper, argv, warm, sizeof warm), WARM_STARTED);
    check_text(warm, cold);
    warm_free(helper);
    check_no_child();
}

static void directory_and_umask_are_followed(void) {
    static const char *const where[] = {"/bin/sh", "-c", "pwd; umask; readlink /proc/self/cwd",
                                        NULL};
    check_followed(move_elsewhere, where);
}

static void limits_are_followed(void) {
    static const char *const limits[] = {"/bin/cat", "/proc/self/limits", NULL};
    check_followed(lower_limits, limits);
}

static void signals_are_not_inherited(void) { check_followed(ignore_signals, STATUS); }

static char new_root[] = "/tmp/spawn4j-warm-root-XXXXXX";

static void the_root_is_followed(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    char text[64];
    static const char *const list[] = {"/bin/ls", "/", NULL};
    CHECK_EQUAL(unshare(CLONE_NEWNS), 0);
    CHECK_EQUAL(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    struct warm_helper *helper = make(list);
    char bin[64];
    snprintf(bin, sizeof bin, "%s/bin", new_root);
    CHECK_EQUAL(mkdir(bin, 0755), 0);
    CHECK_EQUAL(mount("/bin", bin, NULL, MS_BIND, NULL), 0);
    CHECK_EQUAL(chroot(new_root), 0);
    CHECK_EQUAL(start(helper, list, text, sizeof text), WARM_STARTED);
    check_text(text, "bin\n");
    warm_free(helper);
    CHECK_EQUAL(umount("/bin"), 0);
    CHECK_EQUAL(rmdir("/bin"), 0);
}

int main(void) {
    every_change_is_seen();
    RUN(a_further_filter_is_seen);
    another_cgroup_is_seen();
    RUN(directory_and_umask_are_followed);
    RUN(limits_are_followed);
    RUN(signals_are_not_inherited);
    CHECK(mkdtemp(new_root));
    RUN(the_root_is_followed);
    CHECK_EQUAL(rmdir(new_root), 0);
    return 0;
}
