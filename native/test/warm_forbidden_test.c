// SPDX-License-Identifier: Apache-2.0
/* Warm starts where a filter, a tracer or a namespace forbids what a helper needs. */
#include "warm_folder.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/xattr.h>

static const struct {
    const char *name;
    int nr;
} calls[] = {
    {"ptrace", SYS_ptrace},
    {"kcmp", SYS_kcmp},
    {"unshare", SYS_unshare},
    {"getrandom", SYS_getrandom},
    {"socketpair", SYS_socketpair},
    {"sendmsg", SYS_sendmsg},
    {"recvmsg", SYS_recvmsg},
    {"sendto", SYS_sendto},
    {"inotify_init1", SYS_inotify_init1},
    {"get_robust_list", SYS_get_robust_list},
    {"set_robust_list", SYS_set_robust_list},
    {"ioprio_get", SYS_ioprio_get},
    {"personality", SYS_personality},
    {"getsid", SYS_getsid},
    {"capget", SYS_capget},
    {"fgetxattr", SYS_fgetxattr},
    {"ftruncate", SYS_ftruncate},
    {"pwrite64", SYS_pwrite64},
    {"memfd_create", SYS_memfd_create},
    {"clone", SYS_clone},
    {"prlimit64", SYS_prlimit64},
    {"dup3", SYS_dup3},
    {"close_range", SYS_close_range},
    {"pidfd_open", SYS_pidfd_open},
    {"sched_getattr", SYS_sched_getattr},
};

static size_t filtered_call;

static unsigned filtered_result;

/* Warm or cold, but started, and then what it was to do is done. */
static void start_under_filter(void) {
    struct warm_helper *helper;
    char text[16];
    filter_answer((unsigned)calls[filtered_call].nr, filtered_result);
    enum warm_reason reason = try_to_make(ECHO_HI, &helper);
    for (int i = 0; i < 2 && reason == WARM_STARTED; i++) {
        struct builder b = request_printing(ECHO_HI);
        int result;
        if (warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result) == WARM_STARTED) {
            CHECK_EQUAL(result, 0);
            await_output(&b, text, sizeof text);
            check_text(text, "hi\n");
        }
        request_discard(&b);
    }
    if (reason == WARM_STARTED) {
        warm_free(helper);
        printf("warm ");
    }
}

static void no_filter_makes_a_start_fail(void) {
    static const unsigned results[] = {SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ERRNO | ENOSYS,
                                       SECCOMP_RET_KILL_PROCESS};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (size_t j = 0; j < sizeof results / sizeof results[0]; j++) {
            if (calls[i].nr == SYS_clone && results[j] == SECCOMP_RET_KILL_PROCESS) {
                continue; /* who may not clone has no child to ask */
            }
            filtered_call = i;
            filtered_result = results[j];
            check_run(start_under_filter, calls[i].name);
        }
    }
}

static void tracing_that_is_forbidden_is_told(void) {
    filter_answer(SYS_ptrace, SECCOMP_RET_ERRNO | EPERM);
    check_refused("/bin/true", WARM_NO_KERNEL);
}

/* A kernel without CONFIG_CHECKPOINT_RESTORE. */
static void kernel_that_does_not_set_maps_is_refused(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_MM, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    warm_free(make(TRUE)); /* opens what stays open */
    CHECK_EQUAL(filter_install(code, sizeof code / sizeof code[0], 0), 0);
    check_refused("/bin/true", WARM_NO_KERNEL);
}

static void what_is_traced_already_is_refused_or_warm(void) {
    pid_t pid = fork();
    if (pid == 0) {
        struct warm_helper *helper;
        CHECK_EQUAL(ptrace(PTRACE_TRACEME, 0, 0, 0), 0);
        enum warm_reason reason = try_to_make(TRUE, &helper);
        if (reason == WARM_STARTED) {
            warm_free(helper);
        }
        _exit(0);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    while (WIFSTOPPED(status)) {
        CHECK_EQUAL(ptrace(PTRACE_CONT, pid, 0, 0), 0);
        CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    }
    CHECK_EQUAL(status, 0);
}

static void without_proc_is_refused(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(unshare(CLONE_NEWNS), 0);
    CHECK_EQUAL(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    CHECK_EQUAL(umount2("/proc", MNT_DETACH), 0);
    struct warm_helper *helper;
    CHECK_EQUAL(try_to_make(TRUE, &helper), WARM_NO_PROC);
    CHECK(!helper);
    check_no_child();
}

/* Where children would have other pids than we know them by, the first of them being the init of
 * its namespace. */
static void another_pid_namespace_is_refused(void) {
    struct warm_helper *helper;
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(unshare(CLONE_NEWPID), 0);
    pid_t init = fork();
    CHECK(init >= 0);
    if (init == 0) {
        for (;;) {
            pause();
        }
    }
    CHECK(try_to_make(TRUE, &helper) != WARM_STARTED);
    kill(init, SIGKILL);
    CHECK_EQUAL(waitpid(init, NULL, 0), init);
    check_no_child();
}

int main(void) {
    no_filter_makes_a_start_fail();
    RUN(tracing_that_is_forbidden_is_told);
    RUN(kernel_that_does_not_set_maps_is_refused);
    RUN(what_is_traced_already_is_refused_or_warm);
    RUN(without_proc_is_refused);
    RUN(another_pid_namespace_is_refused);
    return 0;
}
