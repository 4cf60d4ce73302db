// SPDX-License-Identifier: Apache-2.0
#include "turn.h"

#include "sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <time.h>

/* WAITING -> RUNNING -> OVERDUE. A thread that waits sleeps on the state, which others change. */
enum { WAITING, RUNNING, OVERDUE };

/* After so many limits a start goes on in any case. */
#define MOST_LIMITS 10

#define NS_PER_S 1000000000

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void turns_open(struct turns *turns, unsigned most, int64_t limit_ns) {
    *turns = (struct turns){
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .most = most,
        .limit_ns = limit_ns,
    };
}

static void append(struct turn_list *list, struct turn *turn) {
    turn->previous = list->last;
    turn->next = NULL;
    *(list->last ? &list->last->next : &list->first) = turn;
    list->last = turn;
}

static void take_out(struct turn_list *list, struct turn *turn) {
    *(turn->previous ? &turn->previous->next : &list->first) = turn->next;
    *(turn->next ? &turn->next->previous : &list->last) = turn->previous;
}

static bool has_room(const struct turns *turns, const struct turn *turn) {
    return turns->slots_taken + turn->slots <= turns->slots;
}

/* Whether the slots that it lacks are going to come back. */
static bool has_hope(const struct turns *turns, const struct turn *turn) {
    return turns->slots_stuck + turn->slots <= turns->slots;
}

static bool may_go(const struct turns *turns, const struct turn *turn, int64_t now) {
    return (turns->running_count < turns->most || now - turns->moved_ns >= turns->limit_ns) &&
           (has_room(turns, turn) || !turn->patient || !has_hope(turns, turn));
}

static void go(struct turns *turns, struct turn *turn, int64_t now) {
    take_out(&turns->waiting, turn);
    append(&turns->running, turn);
    turns->running_count++;
    turn->slots = has_room(turns, turn) ? turn->slots : 0;
    turns->slots_taken += turn->slots;
    turn->began_ns = now;
    turn->state = RUNNING;
}

/* Takes their turns from those that have had them for too long. */
static void expire(struct turns *turns, int64_t now) {
    struct turn *oldest;
    while ((oldest = turns->running.first) && now - oldest->began_ns >= turns->limit_ns) {
        take_out(&turns->running, oldest);
        turns->running_count--;
        turns->slots_stuck += oldest->slots;
        oldest->state = OVERDUE;
    }
}

/* Lets those go on that have waited longest. None overtakes: a start that wants many slots would
 * wait for ever behind those that want few. `own` is the turn of the caller, which is awake, or
 * NULL. */
static void admit(struct turns *turns, const struct turn *own, int64_t now) {
    struct turn *next;
    expire(turns, now);
    while ((next = turns->waiting.first) && may_go(turns, next, now)) {
        go(turns, next, now);
        if (next != own) {
            /* With the lock, without which its thread cannot end the turn and leave the stack. */
            sys_call(SYS_futex, (long)&next->state, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
        }
    }
}

static void sleep_while_waiting(struct turn *turn, int64_t limit_ns) {
    int64_t end = now_ns() + limit_ns;
    int64_t left = limit_ns;
    while (turn->state == WAITING && left > 0) {
        struct timespec timeout = {left / NS_PER_S, (long)(left % NS_PER_S)};
        long result = sys_call(SYS_futex, (long)&turn->state, FUTEX_WAIT_PRIVATE, WAITING,
                               (long)&timeout, 0, 0);
        if (result < 0 && result != -EINTR && result != -EAGAIN) {
            return; /* the time is over, or there is no way to wait */
        }
        left = end - now_ns();
    }
}

bool turn_begin(struct turns *turns, struct turn *turn, unsigned wanted, unsigned slots,
                bool patient) {
    *turn = (struct turn){.slots = wanted, .patient = patient, .state = WAITING};
    pthread_mutex_lock(&turns->lock);
    int64_t now = now_ns();
    turns->slots = slots;
    turns->moved_ns = turns->waiting.first ? turns->moved_ns : now;
    append(&turns->waiting, turn);
    admit(turns, turn, now);
    for (int limits = 0; turn->state == WAITING && limits < MOST_LIMITS; limits++) {
        pthread_mutex_unlock(&turns->lock);
        sleep_while_waiting(turn, turns->limit_ns);
        pthread_mutex_lock(&turns->lock);
        admit(turns, turn, now_ns());
    }
    if (turn->state == WAITING) {
        go(turns, turn, now_ns());
    }
    pthread_mutex_unlock(&turns->lock);
    return turn->slots == wanted;
}

void turn_end(struct turns *turns, struct turn *turn) {
    pthread_mutex_lock(&turns->lock);
    if (turn->state == RUNNING) {
        take_out(&turns->running, turn);
        turns->running_count--;
    } else {
        turns->slots_stuck -= turn->slots;
    }
    turns->slots_taken -= turn->slots;
    if (turns->waiting.first) {
        turns->moved_ns = now_ns();
        admit(turns, NULL, turns->moved_ns);
    }
    pthread_mutex_unlock(&turns->lock);
}
