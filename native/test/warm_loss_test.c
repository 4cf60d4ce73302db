// SPDX-License-Identifier: Apache-2.0
/* A helper, or a child that waits, which is killed, stopped or frozen: nothing is lost, nothing
 * runs twice, and nobody waits for ever. */
#include "warm_cases.h"

#include "warm/ended.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

static void killed_helper_loses_nothing(void) {
    warm_free(make(ECHO_HI)); /* opens what stays open */
    int before = check_count_open();
    struct warm_helper *helper = make(ECHO_HI);
    use_up_waiting(helper, ECHO_HI);
    kill_and_wait(warm_pid(helper));
    struct builder b = request_printing(ECHO_HI);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_BROKEN);
    CHECK_EQUAL(warm_look(helper), WARM_BROKEN);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0); /* the same request, cold */
    char text[16];
    await_output(&b, text, sizeof text);
    check_text(text, "hi\n");
    request_discard(&b);
    warm_free(helper);
    check_no_child();
    CHECK_EQUAL(check_count_open(), before);
}

/* What was given up does not run later either: a child that finds it throws it away. */
static void stopped_helper_is_given_up_and_runs_nothing(void) {
    const char *mark = path_of("mark");
    const char *const touch[] = {"/usr/bin/touch", mark, NULL};
    int ends[2];
    unlink(mark);
    struct warm_helper *helper = make(touch);
    use_up_waiting(helper, touch);
    CHECK_EQUAL(unlink(mark), 0);
    kill(warm_pid(helper), SIGSTOP);
    await_stop(warm_pid(helper));
    CHECK_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, ends[1]), 2);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, touch, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_to_start(helper, &b, 50), WARM_LATE);
    CHECK_EQUAL(builder_source(&b, 0)->peer, -1);
    CHECK_EQUAL(try_to_start(helper, &b, 50), WARM_BROKEN);
    close(ends[1]);
    kill(warm_pid(helper), SIGCONT);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    CHECK_EQUAL(poll(&end, 1, DEADLINE_MS), 1); /* nobody has the other end any more */
    warm_free(helper);
    CHECK_EQUAL(access(mark, F_OK), -1);
    request_discard(&b);
    check_no_child();
}

#define FREEZER "/sys/fs/cgroup/freezer"

/* The first kind of cgroups keeps who is frozen from dying too. */
static void frozen_helper_holds_nobody_up(void) {
    char folder[96];
    char pid[16];
    snprintf(folder, sizeof folder, FREEZER "/spawn4j-warm-%d", (int)getpid());
    if (mkdir(folder, 0755) != 0) {
        printf("skipped, no freezer (%s): ", strerror(errno));
        return;
    }
    struct warm_helper *helper = make(ECHO_HI);
    int pidfd = sys_pidfd_open(warm_pid(helper), 0);
    use_up_waiting(helper, ECHO_HI);
    snprintf(pid, sizeof pid, "%d", warm_pid(helper));
    write_text(folder, "cgroup.procs", pid);
    write_text(folder, "freezer.state", "FROZEN");
    struct builder b = request_printing(ECHO_HI);
    CHECK_EQUAL(try_to_start(helper, &b, 50), WARM_LATE);
    request_discard(&b);
    warm_free(helper);
    warm_free(make(ECHO_HI));
    write_text(folder, "freezer.state", "THAWED");
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    CHECK_EQUAL(poll(&end, 1, DEADLINE_MS), 1);
    ended_reap();
    check_no_child();
    CHECK_EQUAL(rmdir(folder), 0);
}

static void *let_go(void *helper) {
    const struct timespec moment = {.tv_nsec = 60000000};
    nanosleep(&moment, NULL);
    kill(warm_pid(helper), SIGCONT);
    return NULL;
}

static void helper_that_was_stopped_in_between_starts_once(void) {
    struct warm_helper *helper = make(ECHO_HI);
    pthread_t thread;
    char text[16];
    use_up_waiting(helper, ECHO_HI);
    kill(warm_pid(helper), SIGSTOP);
    await_stop(warm_pid(helper));
    CHECK_EQUAL(pthread_create(&thread, NULL, let_go, helper), 0);
    struct builder b = request_printing(ECHO_HI);
    start(helper, &b);
    await_output(&b, text, sizeof text);
    check_text(text, "hi\n");
    pthread_join(thread, NULL);
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

static void killed_child_that_waited_loses_nothing(void) {
    struct warm_helper *helper = make(ECHO_HI);
    kill_and_wait(waiting_child(helper));
    CHECK_EQUAL(warm_look(helper), WARM_BROKEN);
    struct builder b = request_printing(ECHO_HI);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_BROKEN);
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* A request that somebody waits for, taken back from a child that was stopped. */
static void stopped_child_that_waited_is_given_up(void) {
    struct warm_helper *helper = make(TRUE);
    pid_t child = waiting_child(helper);
    kill(child, SIGSTOP);
    await_stop(child);
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_add_attribute(&b, REQUEST_PROCESS_GROUP, 0); /* can fail, so that it is waited for */
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, TRUE, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_to_start(helper, &b, 50), WARM_LATE);
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* The program would not run there, and nobody waits for it to begin. */
static void stopped_child_that_waited_is_given_nothing(void) {
    struct warm_helper *helper = make(ECHO_HI);
    pid_t child = waiting_child(helper);
    siginfo_t info;
    char text[16];
    kill(child, SIGSTOP);
    CHECK_EQUAL(waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOWAIT), 0);
    struct builder b = request_printing(ECHO_HI);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_BROKEN);
    CHECK_EQUAL(builder_source(&b, 0)->peer, -1);
    CHECK_EQUAL(warm_look(helper), WARM_BROKEN);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    await_output(&b, text, sizeof text);
    check_text(text, "hi\n");
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

int main(void) {
    RUN(killed_helper_loses_nothing);
    RUN(stopped_helper_is_given_up_and_runs_nothing);
    RUN(frozen_helper_holds_nobody_up);
    RUN(helper_that_was_stopped_in_between_starts_once);
    RUN(killed_child_that_waited_loses_nothing);
    RUN(stopped_child_that_waited_is_given_up);
    RUN(stopped_child_that_waited_is_given_nothing);
    return 0;
}
