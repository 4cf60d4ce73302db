// SPDX-License-Identifier: Apache-2.0
/* Starts that wait for one another: which goes on when, and with how many slots. */
#include "turn.h"

#include "check.h"

#include <stdatomic.h>
#include <string.h>

#define AT_ONCE INT64_C(1000000)
#define NEVER INT64_C(3600000000000)
#define THREADS 8
#define ROUNDS 500

static struct turns turns;

/* What is seen from inside turns. */
static _Atomic int running;
static _Atomic int most_running;
static _Atomic int slots_in_use;
static _Atomic int most_slots_in_use;
static _Atomic int refused;
static _Atomic int begun;

static void count_up(_Atomic int *count, _Atomic int *most, int by) {
    int now = atomic_fetch_add(count, by) + by;
    int known = *most;
    while (now > known && !atomic_compare_exchange_weak(most, &known, now)) {
    }
}

static unsigned count_waiting(void) {
    unsigned count = 0;
    pthread_mutex_lock(&turns.lock);
    for (const struct turn *turn = turns.waiting.first; turn; turn = turn->next) {
        count++;
    }
    pthread_mutex_unlock(&turns.lock);
    return count;
}

static void await_waiting(unsigned count) {
    while (count_waiting() != count) {
        usleep(100);
    }
}

static void check_nothing_is_left(void) {
    CHECK(!turns.waiting.first && !turns.waiting.last);
    CHECK(!turns.running.first && !turns.running.last);
    CHECK_EQUAL(turns.running_count, 0);
    CHECK_EQUAL(turns.slots_taken, 0);
    CHECK_EQUAL(turns.slots_stuck, 0);
}

/* A start in a thread of its own that wants no slot. */
struct start {
    pthread_t thread;
    int place; /* in the order of those that have begun */
};

static void *run_start(void *argument) {
    struct start *start = argument;
    struct turn turn;
    turn_begin(&turns, &turn, 0, 0, true);
    start->place = atomic_fetch_add(&begun, 1);
    turn_end(&turns, &turn);
    return NULL;
}

static void begin_start(struct start *start) {
    CHECK_EQUAL(pthread_create(&start->thread, NULL, run_start, start), 0);
}

static void turns_are_taken_in_order(void) {
    turns_open(&turns, 1, NEVER);
    struct turn turn;
    turn_begin(&turns, &turn, 0, 0, true);
    struct start starts[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        begin_start(&starts[i]);
        await_waiting(i + 1);
    }
    CHECK_EQUAL(begun, 0);
    turn_end(&turns, &turn);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(starts[i].thread, NULL);
        CHECK_EQUAL(starts[i].place, i);
    }
    check_nothing_is_left();
}

static void *run_rounds(void *argument) {
    unsigned wanted = *(unsigned *)argument;
    for (int round = 0; round < ROUNDS; round++) {
        struct turn turn;
        refused += !turn_begin(&turns, &turn, wanted, 6, true);
        count_up(&running, &most_running, 1);
        count_up(&slots_in_use, &most_slots_in_use, (int)wanted);
        running--;
        slots_in_use -= (int)wanted;
        turn_end(&turns, &turn);
    }
    return NULL;
}

static void run_threads(unsigned modulus) {
    pthread_t threads[THREADS];
    unsigned wanted[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        wanted[i] = i % modulus;
        CHECK_EQUAL(pthread_create(&threads[i], NULL, run_rounds, &wanted[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_EQUAL(refused, 0);
    check_nothing_is_left();
}

static void turns_are_no_more_than_there_are(void) {
    turns_open(&turns, 3, NEVER);
    run_threads(1);
    CHECK(most_running <= 3);
}

/* Also for those that want many, behind others that want few. */
static void slots_are_waited_for(void) {
    turns_open(&turns, THREADS, NEVER);
    run_threads(5);
    CHECK(most_slots_in_use <= 6);
}

/* A start that takes too long has lost its turn, and does not bring back two. */
static void turn_begin_takes_the_turn_of_a_blocked_start(void) {
    turns_open(&turns, 1, AT_ONCE);
    struct turn blocked;
    struct turn next;
    turn_begin(&turns, &blocked, 0, 0, true);
    turn_begin(&turns, &next, 0, 0, true);
    turns.limit_ns = NEVER;
    turn_end(&turns, &blocked);

    struct start start;
    begin_start(&start);
    await_waiting(1);
    CHECK_EQUAL(begun, 0);
    turn_end(&turns, &next);
    pthread_join(start.thread, NULL);
    check_nothing_is_left();
}

/* A later start does not wait for it again. */
static void turn_begin_waits_once_for_a_blocked_start(void) {
    turns_open(&turns, 1, AT_ONCE);
    struct turn blocked;
    struct turn next;
    turn_begin(&turns, &blocked, 0, 0, true);
    turn_begin(&turns, &next, 0, 0, true);
    turn_end(&turns, &next);
    turns.limit_ns = NEVER;
    for (int i = 0; i < ROUNDS; i++) {
        turn_begin(&turns, &next, 0, 0, true);
        turn_end(&turns, &next);
    }
    turn_end(&turns, &blocked);
    check_nothing_is_left();
}

/* However many there are. */
static void turn_begin_gets_past_blocked_starts(void) {
    turns_open(&turns, 2, AT_ONCE);
    struct turn blocked[50];
    for (int i = 0; i < 50; i++) {
        turn_begin(&turns, &blocked[i], 1, 20, true);
    }
    CHECK_EQUAL(turns.slots_taken, 20);
    for (int i = 0; i < 50; i++) {
        turn_end(&turns, &blocked[i]);
    }
    check_nothing_is_left();
}

/* Slots that a blocked start has are not waited for, until it has ended after all. */
static void turn_begin_does_without_the_slots_of_a_blocked_start(void) {
    turns_open(&turns, THREADS, AT_ONCE);
    struct turn blocked;
    struct turn next;
    CHECK(turn_begin(&turns, &blocked, 3, 4, true));
    CHECK(!turn_begin(&turns, &next, 2, 4, true));
    turn_end(&turns, &next);
    turns.limit_ns = NEVER;
    CHECK(!turn_begin(&turns, &next, 2, 4, true));
    turn_end(&turns, &next);
    CHECK(turn_begin(&turns, &next, 1, 4, true));
    turn_end(&turns, &next);
    turn_end(&turns, &blocked);
    CHECK(turn_begin(&turns, &next, 4, 4, true));
    turn_end(&turns, &next);
    check_nothing_is_left();
}

static void turn_begin_does_not_wait_for_slots_that_do_not_exist(void) {
    turns_open(&turns, 1, NEVER);
    struct turn turn;
    CHECK(!turn_begin(&turns, &turn, 5, 4, true));
    turn_end(&turns, &turn);
    CHECK(!turn_begin(&turns, &turn, 1, 0, true));
    turn_end(&turns, &turn);
    check_nothing_is_left();
}

static void turn_begin_waits_for_slots_only_if_patient(void) {
    turns_open(&turns, 2, NEVER);
    struct turn holder;
    struct turn turn;
    CHECK(turn_begin(&turns, &holder, 4, 4, true));
    CHECK(!turn_begin(&turns, &turn, 1, 4, false));
    turn_end(&turns, &turn);
    CHECK(turn_begin(&turns, &turn, 0, 4, true));
    turn_end(&turns, &turn);
    turn_end(&turns, &holder);
    check_nothing_is_left();
}

/* Before they are opened nobody waits. */
static void turns_of_zeros_hold_up_nobody(void) {
    memset(&turns, 0, sizeof turns);
    struct turn started[3];
    for (int i = 0; i < 3; i++) {
        CHECK(!turn_begin(&turns, &started[i], 1, 0, true));
    }
    for (int i = 0; i < 3; i++) {
        turn_end(&turns, &started[i]);
    }
    check_nothing_is_left();
}

int main(void) {
    RUN(turns_are_taken_in_order);
    RUN(turns_are_no_more_than_there_are);
    RUN(slots_are_waited_for);
    RUN(turn_begin_takes_the_turn_of_a_blocked_start);
    RUN(turn_begin_waits_once_for_a_blocked_start);
    RUN(turn_begin_gets_past_blocked_starts);
    RUN(turn_begin_does_without_the_slots_of_a_blocked_start);
    RUN(turn_begin_does_not_wait_for_slots_that_do_not_exist);
    RUN(turn_begin_waits_for_slots_only_if_patient);
    RUN(turns_of_zeros_hold_up_nobody);
    return 0;
}
