// SPDX-License-Identifier: Apache-2.0
/* Starting a process through a helper: the request goes to a slot, and a child takes it there. */
#include "cgroup.h"
#include "probe.h"
#include "warm/clock.h"
#include "warm/current.h"
#include "warm/fit.h"
#include "warm/parcel.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

/* Between two looks at whether helper and child are alive. */
#define LOOK_NS 20000000

/* That the caller has the pid of the child that takes the message of `posted`. */
static uint64_t told(uint32_t posted, int pid) {
    return (uint64_t)(posted >> WARM_WORD_BITS) << 32 | (uint32_t)pid;
}

/* The pid, if it is one of the same generation as `word`; else 0. */
static int pid_told(uint64_t told, uint32_t word) {
    return told >> 32 == word >> WARM_WORD_BITS ? (int)(uint32_t)told : 0;
}

/* A slot that is ours until the child has it. */
struct claim {
    struct warm_slot *slot;
    int number;
    uint32_t posted; /* its word */
    bool is_ready;   /* a child waits there */
};

/* Takes a slot: if `may_wait`, one whose child is waiting rather than one without. Returns false if
 * all are taken. */
static bool take_slot(struct warm_helper *helper, bool may_wait, struct claim *claim) {
    static const enum warm_word kinds[] = {WARM_READY, WARM_FREE};
    for (size_t kind = may_wait ? 0 : 1; kind < 2; kind++) {
        for (int i = 0; i < WARM_SLOTS; i++) {
            struct warm_slot *slot = &helper->shared->slots[i];
            uint32_t word = slot->word;
            if ((word & WARM_WORD_MASK) != kinds[kind]) {
                continue;
            }
            claim->posted = warm_word(word + (1U << WARM_WORD_BITS), WARM_POSTED);
            if (atomic_compare_exchange_strong(&slot->word, &word, claim->posted)) {
                *claim = (struct claim){slot, i, claim->posted, kinds[kind] == WARM_READY};
                return true;
            }
        }
    }
    return false;
}

/* Gives it back: nothing was sent, so a child that waits there goes on waiting. */
static void leave_slot(const struct claim *claim) {
    claim->slot->word = warm_word(claim->posted, claim->is_ready ? WARM_READY : WARM_FREE);
}

static enum warm_reason reason_of_sending(int error) {
    switch (error) {
    case -EBADF:
        return WARM_OTHER_REQUEST; /* a cold start says which descriptor it is */
    case -EMSGSIZE:
        return WARM_TOO_BIG;
    case -EPIPE:
    case -ECONNRESET:
        return WARM_BROKEN;
    default:
        return WARM_NO_MEMORY;
    }
}

int warm_ring(const struct warm_helper *helper, int slot, int cgroup) {
    uint8_t ring = (uint8_t)(cgroup < 0 ? slot : slot | WARM_INTO_CGROUP);
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof cgroup)];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof cgroup),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {&ring, 1};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if (cgroup >= 0) {
        memcpy(CMSG_DATA(&control.header), &cgroup, sizeof cgroup);
        header.msg_control = &control;
        header.msg_controllen = sizeof control;
    }
    long result =
        sys_call(SYS_sendmsg, helper->line, (long)&header, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0, 0);
    return result < 0 ? (int)result : 0;
}

/* Whether the child of a slot has ended, or is nobody's child of ours any more. */
static bool is_dead(int pid) {
    struct sys_exit_info info;
    int result = sys_waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
    return result < 0 || info.pid == pid;
}

/* Takes the request back, unless a child has it. */
static bool take_back(struct warm_helper *helper, struct warm_slot *slot, uint32_t posted) {
    if (!atomic_compare_exchange_strong(&slot->word, &posted, posted - WARM_POSTED + WARM_LOST)) {
        return false;
    }
    /* What was sent lies in the socket until helper and waiting children are gone. */
    helper->broken = true;
    return true;
}

/* Waits until the child has become the program or has failed. Returns WARM_STARTED if it took the
 * request. */
static enum warm_reason await(struct warm_helper *helper, struct warm_slot *slot, uint32_t posted,
                              int64_t deadline_ns) {
    const struct timespec look = {.tv_nsec = LOOK_NS};
    for (;;) {
        uint32_t word = slot->word;
        const enum warm_word state = word & WARM_WORD_MASK;
        if (state != WARM_POSTED && state != WARM_TAKEN) {
            return WARM_STARTED;
        }
        long result = sys_call(SYS_futex, (long)&slot->word, FUTEX_WAIT, word, (long)&look, 0, 0);
        if (result != -ETIMEDOUT) {
            continue;
        }
        int pid = slot->pid;
        bool dead = pid > 0 && is_dead(pid);
        if (state == WARM_TAKEN && dead && slot->word == word) {
            return WARM_STARTED; /* somebody has killed it, as he can any process */
        }
        if (state == WARM_POSTED && (dead || warm_has_ended(helper)) &&
            take_back(helper, slot, posted)) {
            return WARM_BROKEN;
        }
        if (state == WARM_POSTED && clock_now_ns() > deadline_ns &&
            take_back(helper, slot, posted)) {
            return WARM_LATE;
        }
    }
}

/* Ends and reaps a child that nobody is to know of. */
static void discard_child(int pid) {
    sys_call(SYS_kill, pid, SIGKILL, 0, 0, 0, 0);
    sys_wait4(pid, NULL, __WALL);
}

/* The outcome of a request that a child has taken. The slot is free again. */
static enum warm_reason conclude(struct warm_slot *slot, const struct request *request,
                                 int *result) {
    struct request_header *header = request->header;
    const uint32_t word = slot->word;
    const enum warm_word state = word & WARM_WORD_MASK;
    const int pid = atomic_exchange(&slot->pid, 0);
    *result = 0;
    if (state == WARM_FAILED) {
        *result = request_fail(request, slot->step, slot->index, -slot->error);
    }
    if (state == WARM_FAILED || state == WARM_REFUSED) {
        if (pid > 0) {
            discard_child(pid);
        }
    } else {
        int pidfd = sys_pidfd_open(pid, 0);
        if (pidfd < 0) {
            if (pidfd != -ESRCH && pid > 0) { /* 0 would be our whole group */
                discard_child(pid);
            }
            *result = request_fail(request, REQUEST_STEP_PIDFD, REQUEST_NO_INDEX, pidfd);
        } else {
            header->pid = pid;
            header->pidfd = pidfd;
        }
    }
    slot->word = warm_word(word, WARM_FREE);
    if (state != WARM_REFUSED) {
        return WARM_STARTED;
    }
    /* A cold start tells what is wrong with the cgroup. */
    return request->cgroup >= 0 ? WARM_OTHER_REQUEST : WARM_OTHER_LIMITS;
}

/* A pidfd of the child that waits in a slot, or -errno: -ESRCH if it has ended, or somebody has
 * stopped it, so that the program would not run. */
static int open_waiting(int pid) {
    struct sys_exit_info info;
    int pidfd = sys_pidfd_open(pid, 0);
    if (pidfd < 0) {
        return pidfd;
    }
    const int options = WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL;
    int result = sys_waitid(P_PIDFD, pidfd, &info, options, NULL);
    if (result == 0 && info.pid == 0) {
        return pidfd;
    }
    sys_close(pidfd);
    return -ESRCH;
}

/* Whether a child can have as many descriptors as it is sent, with the limit that the helper has
 * when they arrive, and with ours when they get the numbers that they are to have. */
static bool has_room(const struct warm_helper *helper, const struct parcel *parcel) {
    const rlim_t most = WARM_NUMBERS + WARM_MOST_DESCRIPTORS;
    return helper->most_descriptors >= most &&
           parcel->message.limits[RLIMIT_NOFILE].rlim_cur >= most;
}

/* Sends the request to a child that waits, and does not wait for it: nothing can fail there. */
static enum warm_reason hand_over(struct warm_helper *helper, const struct claim *claim,
                                  const struct request *request, struct parcel *parcel,
                                  int *result) {
    struct warm_slot *slot = claim->slot;
    const int pid = slot->pid;
    int pidfd = open_waiting(pid);
    if (pidfd == -ESRCH) {
        take_back(helper, slot, claim->posted);
        return WARM_BROKEN;
    }
    if (pidfd < 0) {
        leave_slot(claim);
        return WARM_NO_MEMORY;
    }
    *result = parcel_open(parcel, request);
    if (*result < 0) {
        leave_slot(claim);
        sys_close(pidfd);
        if (*result == -EXDEV && request->header->step == REQUEST_STEP_NONE) {
            return WARM_OTHER_REQUEST;
        }
        return request->header->step == REQUEST_STEP_NONE ? WARM_TOO_BIG : WARM_STARTED;
    }
    /* From here on it is the caller's, who waits for the process and not for the slot. */
    helper->told[claim->number] = told(claim->posted, pid);
    slot->pid = 0;
    parcel->message.unattended = 1;
    int error = parcel_send(parcel, request, helper->slots[claim->number]);
    if (error < 0) {
        slot->pid = pid;
        leave_slot(claim);
        sys_close(pidfd);
        return reason_of_sending(error);
    }
    request->header->pid = pid;
    request->header->pidfd = pidfd;
    return WARM_STARTED;
}

/* Sends the request to a child that waits or is rung for, and waits for how it goes. */
static enum warm_reason attend(struct warm_helper *helper, const struct claim *claim,
                               const struct request *request, struct parcel *parcel,
                               int64_t deadline_ns, int *result) {
    struct warm_slot *slot = claim->slot;
    int error = parcel_send(parcel, request, helper->slots[claim->number]);
    if (error < 0) {
        leave_slot(claim);
        return reason_of_sending(error);
    }
    if (!claim->is_ready && warm_ring(helper, claim->number, request->cgroup) < 0 &&
        take_back(helper, slot, claim->posted)) {
        return WARM_BROKEN;
    }
    enum warm_reason reason = await(helper, slot, claim->posted, deadline_ns);
    return reason == WARM_STARTED ? conclude(slot, request, result) : reason;
}

static enum warm_reason run(struct warm_helper *helper, const struct request *request,
                            struct parcel *parcel, int64_t deadline_ns, int *result) {
    struct claim claim;
    if (request->cgroup >= 0 && cgroup_check(request) < 0) {
        return WARM_OTHER_REQUEST; /* it is frozen, as a cold start says */
    }
    /* A child that waits was born elsewhere. */
    if (!take_slot(helper, request->cgroup < 0, &claim)) {
        return WARM_BUSY;
    }
    parcel->message.generation = claim.posted >> WARM_WORD_BITS;
    request->header->parked = claim.is_ready;
    return claim.is_ready && has_room(helper, parcel) && fit_can_be_handed_over(request)
               ? hand_over(helper, &claim, request, parcel, result)
               : attend(helper, &claim, request, parcel, deadline_ns, result);
}

enum warm_reason warm_start(struct warm_helper *helper, void *block, size_t capacity,
                            int deadline_ms, int *result) {
    const int64_t deadline_ns = clock_deadline_ns(deadline_ms);
    struct request request;
    struct parcel parcel = {0};
    *result = 0;
    if (helper->broken) {
        return WARM_BROKEN;
    }
    if (request_open(&request, block, capacity) < 0 ||
        probe_capabilities(&request.capabilities) < 0) {
        return WARM_OTHER_REQUEST;
    }
    enum warm_reason reason = fit_check(&request, &parcel.message.above);
    if (reason == WARM_STARTED) {
        reason = current_check(helper, &request);
    }
    if (reason == WARM_STARTED) {
        reason = parcel_pack(&parcel, &request);
        if (reason == WARM_STARTED) {
            reason = run(helper, &request, &parcel, deadline_ns, result);
        }
        parcel_close(&parcel, &request, reason != WARM_STARTED || *result < 0);
    }
    if (reason == WARM_BROKEN) {
        helper->broken = true;
    }
    return reason;
}

int warm_park(struct warm_helper *helper, int count) {
    int waiting = 0;
    for (int i = 0; i < WARM_SLOTS; i++) {
        enum warm_word state = helper->shared->slots[i].word & WARM_WORD_MASK;
        waiting += state == WARM_READY || state == WARM_COMING;
    }
    for (int i = 0; i < WARM_SLOTS && waiting < count; i++) {
        struct warm_slot *slot = &helper->shared->slots[i];
        uint32_t word = slot->word;
        if ((word & WARM_WORD_MASK) != WARM_FREE ||
            !atomic_compare_exchange_strong(&slot->word, &word, warm_word(word, WARM_COMING))) {
            continue;
        }
        if (warm_ring(helper, i, -1) < 0) {
            slot->word = warm_word(word, WARM_FREE);
            break;
        }
        waiting++;
    }
    return waiting;
}

/* Whether the child of a slot, which nobody waits for, has ended with the message untaken, or
 * before it could say that it had become the program. */
static bool has_lost_child(const struct warm_helper *helper, int number) {
    const struct warm_slot *slot = &helper->shared->slots[number];
    const uint32_t word = slot->word;
    int pid;
    switch (word & WARM_WORD_MASK) {
    case WARM_READY:
        pid = slot->pid;
        break;
    case WARM_POSTED:
    case WARM_TAKEN:
        pid = pid_told(helper->told[number], word);
        break;
    default:
        return false;
    }
    return pid > 0 && is_dead(pid) && slot->word == word;
}

enum warm_reason warm_look(struct warm_helper *helper) {
    bool broken = warm_has_ended(helper);
    for (int i = 0; i < WARM_SLOTS && !broken; i++) {
        broken = has_lost_child(helper, i);
    }
    if (broken) {
        helper->broken = true;
    }
    if (helper->broken) {
        return WARM_BROKEN;
    }
    return watch_is_stale(&helper->watch) ? WARM_STALE : WARM_STARTED;
}
