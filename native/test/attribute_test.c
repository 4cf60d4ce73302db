/* attribute_apply() in a child whose parent lives, and in one that has lost it. */
#include "attribute.h"

#include "check.h"

#include <signal.h>
#include <sys/prctl.h>

/* Codes of a child that was not ended. */
#define LIVES_ON 3
#define HAS_FAILED 4

/* Applies PARENT_DEATH in a child as it is before exec, all signals blocked, that takes `parent`
 * for its parent. Returns its wait status. */
static int die_with(int signal, int parent) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        const signal_set all = SIGNAL_SET_ALL;
        const struct request request = {.parent = parent};
        const struct attribute attribute = {.type = REQUEST_PARENT_DEATH, .first = signal};
        sys_sigmask(&all, NULL);
        int result = attribute_apply(&request, &attribute);
        int armed = 0;
        prctl(PR_GET_PDEATHSIG, &armed);
        _exit(result == 0 && armed == signal ? LIVES_ON : HAS_FAILED);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    return status;
}

/* A parent that lives is no reason to end. */
static void attribute_apply_arms_parent_death(void) {
    for (int signal = 1; signal <= SIGNALS; signal++) {
        int status = die_with(signal, getpid());
        CHECK(WIFEXITED(status));
        CHECK_EQUAL(WEXITSTATUS(status), LIVES_ON);
    }
}

/* Whose parent is another by now has missed its death, and ends by the signal. */
static void attribute_apply_ends_orphan(void) {
    const int signals[] = {SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, 32, 33, 64};
    const struct sys_sigaction standard = {.handler = (uintptr_t)SIG_DFL};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sys_sigaction(signals[i], &standard, NULL); /* who runs us may ignore some */
        int status = die_with(signals[i], getppid());
        CHECK(WIFSIGNALED(status));
        CHECK_EQUAL(WTERMSIG(status), signals[i]);
    }
}

/* Also by a signal that ends nobody. */
static void attribute_apply_ends_orphan_that_ignores_signal(void) {
    const int signals[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTERM};
    signal(SIGTERM, SIG_IGN);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        int status = die_with(signals[i], getppid());
        CHECK(WIFEXITED(status));
        CHECK_EQUAL(WEXITSTATUS(status), 128 + signals[i]);
    }
}

/* The signal comes through while an action waits, whatever else is blocked. */
static void attribute_apply_lets_signal_through(void) {
    const signal_set all = SIGNAL_SET_ALL;
    const struct request request = {.parent = getppid()};
    const struct attribute attribute = {.type = REQUEST_PARENT_DEATH, .first = SIGTERM};
    signal_set mask;
    sys_sigmask(&all, NULL);
    CHECK_EQUAL(attribute_apply(&request, &attribute), 0);
    CHECK_EQUAL(sys_sigmask(NULL, &mask), 0);
    const uint64_t unblockable = 1U << (SIGKILL - 1) | 1U << (SIGSTOP - 1);
    CHECK_EQUAL(mask, SIGNAL_SET_ALL & ~(1U << (SIGTERM - 1) | unblockable));
}

int main(void) {
    RUN(attribute_apply_arms_parent_death);
    RUN(attribute_apply_ends_orphan);
    RUN(attribute_apply_ends_orphan_that_ignores_signal);
    RUN(attribute_apply_lets_signal_through);
    return 0;
}
