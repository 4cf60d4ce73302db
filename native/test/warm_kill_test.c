// SPDX-License-Identifier: Apache-2.0
/* While helpers and waiting children are killed and stopped, each start still happens once: warm,
 * or cold where the helper says so. */
#include "warm_requests.h"

#include "warm/internal.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#define THREADS 4
#define STARTS_EACH 100
#define DEADLINE_SHORT_MS 200

static struct warm_helper *helper;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static atomic_int running = THREADS;
static atomic_int warm;
static atomic_int cold;
static atomic_int killed;
static atomic_int renewed;

static void renew(const char *const argv[]) {
    CHECK_EQUAL(pthread_rwlock_wrlock(&lock), 0);
    if (warm_look(helper) != WARM_STARTED) {
        warm_free(helper);
        helper = make(argv);
        renewed++;
    }
    pthread_rwlock_unlock(&lock);
}

/* Starts the program, whose pid and pipe are in the block afterwards. */
static void start(struct builder *b, const char *const argv[]) {
    int result;
    CHECK_EQUAL(pthread_rwlock_rdlock(&lock), 0);
    warm_park(helper, 3);
    enum warm_reason reason =
        warm_start(helper, b->memory, b->capacity, DEADLINE_SHORT_MS, &result);
    pthread_rwlock_unlock(&lock);
    if (reason == WARM_STARTED) {
        CHECK_EQUAL(result, 0);
        warm++;
        return;
    }
    /* A helper that is about to end has no directory in common with us any more. */
    CHECK(reason == WARM_BROKEN || reason == WARM_LATE || reason == WARM_BUSY ||
          reason == WARM_NO_ACCESS);
    CHECK_EQUAL(spawn(b->memory, b->capacity), 0);
    cold++;
    renew(argv);
}

/* Reads and checks what the child has written, unless it was killed. */
static void finish(struct builder *b, const char *expected) {
    char text[32];
    int status;
    struct pollfd end = {.fd = builder_header(b)->pidfd, .events = POLLIN};
    CHECK_EQUAL(poll(&end, 1, DEADLINE_MS), 1);
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &status, 0), builder_header(b)->pid);
    close(builder_header(b)->pidfd);
    if (WIFSIGNALED(status)) {
        CHECK_EQUAL(WTERMSIG(status), SIGKILL);
        killed++;
    } else {
        CHECK_EQUAL(status, 0);
        long size = read(builder_source(b, 0)->peer, text, sizeof text - 1);
        CHECK(size > 0);
        text[size] = 0;
        check_text(text, expected);
    }
    close(builder_source(b, 0)->peer);
}

static void *start_many(void *first) {
    for (int i = 0; i < STARTS_EACH; i++) {
        char number[16];
        char expected[32];
        snprintf(number, sizeof number, "%d", (int)(intptr_t)first + i);
        snprintf(expected, sizeof expected, "%s\n", number);
        const char *const argv[] = {"/bin/echo", number, NULL};
        struct builder b = request_printing(argv);
        start(&b, argv);
        finish(&b, expected);
        request_discard(&b);
    }
    running--;
    return NULL;
}

/* Kills or stops for a moment the helper, or a child that waits. */
static void disturb(unsigned random) {
    const struct timespec moment = {.tv_nsec = 3000000};
    CHECK_EQUAL(pthread_rwlock_rdlock(&lock), 0);
    int waiting = helper->shared->slots[random / 4 % WARM_SLOTS].pid;
    int pid = random & 1 || waiting <= 0 ? warm_pid(helper) : waiting;
    int pidfd = sys_pidfd_open(pid, 0);
    pthread_rwlock_unlock(&lock);
    if (pidfd >= 0) {
        bool kills = (random & 2) != 0;
        sys_pidfd_send_signal(pidfd, kills ? SIGKILL : SIGSTOP, 0);
        nanosleep(&moment, NULL);
        sys_pidfd_send_signal(pidfd, SIGCONT, 0);
        close(pidfd);
    }
}

static void nothing_is_lost(void) {
    static const char *const any[] = {"/bin/echo", "0", NULL};
    pthread_t threads[THREADS];
    warm_free(make(any)); /* opens what stays open */
    int before = check_count_open();
    unsigned random = 1;
    helper = make(any);
    for (int i = 0; i < THREADS; i++) {
        CHECK_EQUAL(
            pthread_create(&threads[i], NULL, start_many, (void *)(intptr_t)(i * STARTS_EACH)), 0);
    }
    while (running > 0) {
        random = random * 1103515245 + 12345;
        disturb(random >> 16);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_EQUAL(warm + cold, THREADS * STARTS_EACH);
    warm_free(helper);
    check_no_child();
    CHECK_EQUAL(check_count_open(), before);
    printf("%d warm, %d cold, %d killed, %d helpers: ", warm, cold, killed, renewed + 1);
}

int main(void) {
    RUN(nothing_is_lost);
    return 0;
}
