// SPDX-License-Identifier: Apache-2.0
/* Signals of the caller, and those that come while spawn() is at work. */
#include "spawn_requests.h"

#include "filter.h"
#include "probe.h"
#include "slot.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

static void ignore(int signal) { (void)signal; }

/* Whatever the caller blocks, ignores or handles, the child does not. */
static void spawn_resets_signals(void) {
    const char *const argv[] = {"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, ignore);
    const struct sys_sigaction ignored = {.handler = (uintptr_t)SIG_IGN};
    CHECK_EQUAL(sys_sigaction(32, &ignored, NULL), 0);
    CHECK_EQUAL(sys_sigaction(33, &ignored, NULL), 0);
    signal_set blocked = (1U << (SIGTERM - 1)) | (1U << (SIGUSR1 - 1));
    CHECK_EQUAL(sys_sigmask(&blocked, NULL), 0);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        char text[256];
        output_of(&b, argv, text, sizeof text);
        check_text(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
        discard(&b);
    }
    signal_set after;
    CHECK_EQUAL(sys_sigmask(&blocked, &after), 0);
    CHECK_EQUAL(after, blocked);
}

/* A traced child that met a signal before exec would stop for its tracer, who waits for exec. */
static void spawn_traces_while_signals_come(void) {
    signal(SIGWINCH, SIG_IGN);
    CHECK_EQUAL(setpgid(0, 0), 0);
    pid_t pest = fork();
    CHECK(pest >= 0);
    if (pest == 0) {
        /* A deadlock ends with the whole group. */
        for (time_t end = time(NULL) + check_limit_s() / 2; time(NULL) < end;) {
            kill(0, SIGWINCH);
        }
        kill(0, SIGKILL);
    }
    for (int round = 0; round < 300; round++) {
        struct builder b = begin(REQUEST_STRATEGY_CLONE3);
        builder_header(&b)->flags |= REQUEST_FLAG_TRACED;
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        pid_t pid = builder_header(&b)->pid;
        CHECK_EQUAL(kill(pid, SIGKILL), 0);
        CHECK_EQUAL(waitpid(pid, NULL, 0), pid);
        CHECK_EQUAL(close(builder_header(&b)->pidfd), 0);
        discard(&b);
    }
    CHECK_EQUAL(kill(pest, SIGKILL), 0);
    CHECK_EQUAL(waitpid(pest, NULL, 0), pest);
}

static long owner;

static int foreign; /* handlers that a child has run in our memory */

static void count_foreign(int signal) {
    (void)signal;
    if (sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0) != owner) {
        __atomic_fetch_add(&foreign, 1, __ATOMIC_RELAXED);
    }
}

/* However often SIGCHLD comes, its handler runs in us only; also where clone3(2) is refused. */
static void runs_no_handler_in_child(bool clone3_is_refused) {
    owner = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    slots_reserve(true);
    uint64_t capabilities;
    CHECK_EQUAL(probe_capabilities(&capabilities), 0);
    if (clone3_is_refused) {
        filter_answer(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    }
    CHECK_EQUAL(setpgid(0, 0), 0);
    const struct sigaction handler = {.sa_handler = count_foreign, .sa_flags = SA_RESTART};
    CHECK_EQUAL(sigaction(SIGCHLD, &handler, NULL), 0);
    pid_t pest = fork();
    CHECK(pest >= 0);
    if (pest == 0) {
        signal(SIGCHLD, SIG_IGN);
        for (time_t end = time(NULL) + check_limit_s() / 2; time(NULL) < end;) {
            kill(0, SIGCHLD);
        }
        kill(0, SIGKILL);
    }
    for (int round = 0; round < 300; round++) {
        struct builder b = begin(REQUEST_STRATEGY_CLONE3);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(exit_code(&b), 7);
        discard(&b);
    }
    CHECK_EQUAL(kill(pest, SIGKILL), 0);
    CHECK_EQUAL(waitpid(pest, NULL, 0), pest);
    CHECK_EQUAL(foreign, 0);
}

static void spawn_runs_no_handler_in_child(void) { runs_no_handler_in_child(false); }

static void spawn_runs_no_handler_in_child_of_older_kernels(void) {
    runs_no_handler_in_child(true);
}

int main(void) {
    RUN_BOTH(spawn_resets_signals);
    RUN(spawn_traces_while_signals_come);
    RUN(spawn_runs_no_handler_in_child);
    RUN(spawn_runs_no_handler_in_child_of_older_kernels);
    return 0;
}
