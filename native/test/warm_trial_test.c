// SPDX-License-Identifier: Apache-2.0
/* The trial of a linker whose sample writes and dies while it is looked at. poll(2) asks one
 * descriptor after the other, so it may say that a process is dead and its output empty, when the
 * process has written in between. */
#include "warm/trial.h"
#include "warm_requests.h"

#include "sys.h"

int __real_sys_poll(struct pollfd *fds, unsigned count, int timeout_ms);
int __wrap_sys_poll(struct pollfd *fds, unsigned count, int timeout_ms);

/* How often a process was dead and its output not ready. */
static int deaths;

/* Where the trial waits for output and pidfd at once, the pidfd alone is ever ready. */
int __wrap_sys_poll(struct pollfd *fds, unsigned count, int timeout_ms) {
    if (count != 2) {
        return __real_sys_poll(fds, count, timeout_ms);
    }
    fds[0].revents = 0;
    int result = __real_sys_poll(&fds[1], 1, timeout_ms);
    deaths += result > 0;
    return result;
}

static void trial_hears_what_was_told_before_death(void) {
    const char *const argv[] = {"/bin/true", NULL};
    char told[512];
    struct warm_helper *helper = make(argv);
    CHECK(deaths >= 3); /* of the sample that starts cold, and of the two warm ones */
    CHECK(trial_tell(told, sizeof told) > 0);
    CHECK_EQUAL(strncmp(told, "same ", 5), 0);
    warm_free(helper);
}

int main(void) {
    RUN(trial_hears_what_was_told_before_death);
    return 0;
}
