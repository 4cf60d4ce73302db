/* Starting a process through a helper: the request goes to a slot, and a child takes it there. */
#include "probe.h"
#include "slot.h"
#include "spawn.h"
#include "warm/check.h"
#include "warm/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Between two looks at whether helper and child are alive. */
#define LOOK_NS 20000000

/* What a message carries. */
struct parcel {
    struct warm_message message;
    int fds[WARM_MOST_DESCRIPTORS];
    int count;
};

/* Whether an earlier action than the `end`-th one leaves something at `fd`. */
static bool is_made(const struct request *request, uint32_t end, int fd) {
    for (uint32_t i = 0; i < end; i++) {
        switch (request->actions[i].type & ~(uint32_t)REQUEST_FD_IS_SOURCE) {
        case REQUEST_DUP2:
        case REQUEST_DUP3:
        case REQUEST_OPEN:
            if (request->actions[i].newfd == fd) {
                return true;
            }
        }
    }
    return false;
}

/* Whether the actions close `fd`, should it be open. */
static bool is_closed(const struct request *request, int fd) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (action->type == REQUEST_CLOSE_RANGE && (unsigned)action->fd <= (unsigned)fd &&
            (unsigned)fd <= (unsigned)action->newfd) {
            return true;
        }
    }
    return false;
}

/* Whether an action looks at a descriptor by its number, `fd`, or there is one that might. */
static bool is_looked_at(const struct request *request, int fd) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (action->type == REQUEST_OPEN ||
            (action->type != REQUEST_CLOSE_RANGE && action->type != REQUEST_CHDIR &&
             !(action->type & REQUEST_FD_IS_SOURCE) && action->fd == fd)) {
            return true;
        }
        if (is_made(request, i + 1, fd)) {
            return false;
        }
    }
    return !is_made(request, request->header->actions_count, fd);
}

/* Whether `path` may lead to a descriptor of whoever opens it. */
static bool names_descriptors(const char *path) {
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/fd", 7) == 0 ||
           strncmp(path, "/dev/std", 8) == 0;
}

/* A child has none of our descriptors but what it is sent: its request may name no other, and must
 * close all others. Stores a number above all that are named. */
static bool names_only_its_own(const struct request *request, int *above) {
    *above = 3;
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        const uint32_t type = action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE;
        bool is_source = action->type & REQUEST_FD_IS_SOURCE;
        if (type == REQUEST_CLOSE_RANGE || type == REQUEST_CHDIR || type == REQUEST_SIGMASK ||
            type == REQUEST_SIGDEFAULT) {
            continue;
        }
        if (!is_source && action->fd > 2 && !is_made(request, i, action->fd)) {
            return false;
        }
        if (type == REQUEST_OPEN && names_descriptors(request_text(request, action->text))) {
            return false;
        }
        if (!is_source && action->fd >= *above) {
            *above = action->fd + 1;
        }
        if (action->newfd >= *above) {
            *above = action->newfd + 1;
        }
    }
    for (int fd = 3; fd < *above && *above < SLOT_END; fd++) {
        if (!is_closed(request, fd) && !is_made(request, request->header->actions_count, fd)) {
            return false;
        }
    }
    return *above < SLOT_END && is_closed(request, *above) && is_closed(request, INT32_MAX);
}

static bool has_cold_attribute(const struct request *request) {
    for (uint32_t i = 0; i < request->header->attributes_count; i++) {
        uint32_t type = request->attributes[i].type;
        if (type == REQUEST_RESET_IDS || type == REQUEST_CGROUP) {
            return true;
        }
    }
    return false;
}

static enum warm_reason check_request(const struct request *request, int *above) {
    const uint32_t cold = REQUEST_FLAG_COPY_DESCRIPTORS | REQUEST_FLAG_KEEP_SIGNALS |
                          REQUEST_FLAG_FAILURE_IS_EXIT | REQUEST_FLAG_STRICT_IDENTITY |
                          REQUEST_FLAG_TRACED;
    if (request->header->flags & cold || request->search || has_cold_attribute(request) ||
        !names_only_its_own(request, above)) {
        return WARM_OTHER_REQUEST;
    }
    return request->header->pointers_offset <= WARM_MOST_BYTES ? WARM_STARTED : WARM_TOO_BIG;
}

static enum warm_reason check_key(const struct warm_helper *helper, const struct request *request) {
    size_t at = 0;
    for (char **variable = request->envp; *variable; variable++) {
        if (!check_is_read_by_linker(*variable)) {
            continue;
        }
        if (at == helper->key_size || strcmp(*variable, helper->key + at) != 0) {
            return WARM_OTHER_ENVIRONMENT;
        }
        at += strlen(*variable) + 1;
    }
    return at == helper->key_size ? WARM_STARTED : WARM_OTHER_ENVIRONMENT;
}

static enum warm_reason check_program_now(const struct warm_helper *helper,
                                          const struct request *request) {
    struct identity now;
    if (strcmp(request->program, helper->program) != 0) {
        return WARM_OTHER_PROGRAM;
    }
    return identity_read(AT_FDCWD, request->program, &now) == 0 &&
                   identity_equal(&now, &helper->identity)
               ? WARM_STARTED
               : WARM_STALE;
}

bool warm_may_use(const struct warm_helper *helper) {
    /* Who may not trace both gets an error; 0 says that they are the same. */
    long tid = sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
    return sys_call(SYS_kcmp, tid, helper->pid, KCMP_FS, 0, 0, 0) == 0;
}

static enum warm_reason check_state(const struct warm_helper *helper) {
    struct state now;
    if (!warm_may_use(helper)) {
        return WARM_NO_ACCESS;
    }
    if (state_read(&helper->files, &helper->state, &now) < 0) {
        return WARM_OTHER_AUTHORITY;
    }
    return state_compare(&helper->state, &now);
}

static bool add(struct parcel *parcel, int fd) {
    if (parcel->count == WARM_MOST_DESCRIPTORS) {
        return false;
    }
    parcel->fds[parcel->count++] = fd;
    return true;
}

static enum warm_reason add_source(struct parcel *parcel, struct source *source) {
    int result = 0;
    if (source->kind == REQUEST_SOURCE_NULL) {
        source->fd = result = slot_null();
    } else if (source->kind != REQUEST_SOURCE_DESCRIPTOR) {
        result = spawn_make_pipe(source);
    } else if (source->fd < 0 || slot_is_ours(source->fd)) {
        return WARM_OTHER_REQUEST; /* a cold start says what is wrong with it */
    }
    if (result < 0) {
        return WARM_NO_MEMORY;
    }
    return add(parcel, source->fd) ? WARM_STARTED : WARM_TOO_BIG;
}

/* Our own standard streams, where the child is to inherit them. */
static enum warm_reason add_streams(struct parcel *parcel, const struct request *request) {
    for (int fd = 0; fd < 3; fd++) {
        if (!is_looked_at(request, fd) || slot_is_ours(fd)) {
            continue;
        }
        int flags = sys_fcntl(fd, F_GETFD, 0);
        if (flags < 0) {
            continue; /* closed, and so it is inherited */
        }
        if (!add(parcel, fd)) {
            return WARM_TOO_BIG;
        }
        parcel->message.streams |= 1U << fd | (flags & FD_CLOEXEC ? 1U << (8 + fd) : 0);
    }
    return WARM_STARTED;
}

/* Opens what the child needs. */
static enum warm_reason pack(struct parcel *parcel, struct request *request) {
    enum warm_reason reason = WARM_STARTED;
    parcel->message.parent = (int32_t)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    parcel->message.capabilities = request->capabilities;
    for (uint32_t i = 0; i < request->header->sources_count && reason == WARM_STARTED; i++) {
        if ((int)i != request->header->exec_source) {
            reason = add_source(parcel, &request->sources[i]);
        }
    }
    return reason == WARM_STARTED ? add_streams(parcel, request) : reason;
}

/* Closes the child's ends of pipes, and ours too if nothing was started. */
static void unpack(const struct request *request, bool failed) {
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        struct source *source = &request->sources[i];
        if (source->peer < 0) {
            continue; /* no pipe */
        }
        sys_close(source->fd);
        source->fd = -1;
        if (failed) {
            sys_close(source->peer);
            source->peer = -1;
        }
    }
}

static uint32_t word_of(uint32_t generation, enum warm_word word) {
    return generation << WARM_WORD_BITS | word;
}

/* Takes a slot, one whose child is waiting rather than one without. Returns its number, or -1.
 * Stores the word that it has from then on. */
static int claim(struct warm_helper *helper, uint32_t *posted, bool *must_ring) {
    static const enum warm_word kinds[] = {WARM_READY, WARM_FREE};
    for (size_t kind = 0; kind < 2; kind++) {
        for (int i = 0; i < WARM_SLOTS; i++) {
            struct warm_slot *slot = &helper->shared->slots[i];
            uint32_t word = slot->word;
            if ((word & WARM_WORD_MASK) != kinds[kind]) {
                continue;
            }
            *posted = word_of((word >> WARM_WORD_BITS) + 1, WARM_POSTED);
            if (atomic_compare_exchange_strong(&slot->word, &word, *posted)) {
                *must_ring = kinds[kind] == WARM_FREE;
                return i;
            }
        }
    }
    return -1;
}

static int ring(const struct warm_helper *helper, int slot) {
    uint8_t number = (uint8_t)slot;
    long result =
        sys_call(SYS_sendto, helper->line, (long)&number, 1, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
    return result < 0 ? (int)result : 0;
}

static int send_parcel(const struct warm_helper *helper, int slot, struct parcel *parcel,
                       const struct request *request) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(WARM_MOST_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec parts[] = {{&parcel->message, sizeof parcel->message},
                            {request->header, request->header->pointers_offset}};
    struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};
    if (parcel->count > 0) {
        size_t size = (size_t)parcel->count * sizeof(int);
        memset(&control.header, 0, sizeof control.header);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(&control.header), parcel->fds, size);
        header.msg_control = &control;
        header.msg_controllen = CMSG_SPACE(size);
    }
    long result = sys_call(SYS_sendmsg, helper->slots[slot], (long)&header,
                           MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0, 0);
    return result < 0 ? (int)result : 0;
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool has_ended(int pidfd) {
    struct pollfd exit = {.fd = pidfd, .events = POLLIN};
    return sys_poll(&exit, 1, 0) != 0;
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
        if (state == WARM_POSTED && (dead || has_ended(helper->pidfd)) &&
            take_back(helper, slot, posted)) {
            return WARM_BROKEN;
        }
        if (state == WARM_POSTED && now_ns() > deadline_ns && take_back(helper, slot, posted)) {
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
            if (pidfd != -ESRCH) {
                discard_child(pid);
            }
            *result = request_fail(request, REQUEST_STEP_PIDFD, REQUEST_NO_INDEX, pidfd);
        } else {
            header->pid = pid;
            header->pidfd = pidfd;
        }
    }
    slot->word = word_of(word >> WARM_WORD_BITS, WARM_FREE);
    return state == WARM_REFUSED ? WARM_OTHER_LIMITS : WARM_STARTED;
}

static enum warm_reason run(struct warm_helper *helper, struct request *request,
                            struct parcel *parcel, int64_t deadline_ns, int *result) {
    uint32_t posted;
    bool must_ring;
    int number = claim(helper, &posted, &must_ring);
    if (number < 0) {
        return WARM_BUSY;
    }
    struct warm_slot *slot = &helper->shared->slots[number];
    parcel->message.generation = posted >> WARM_WORD_BITS;
    int error = send_parcel(helper, number, parcel, request);
    if (error < 0 && must_ring) {
        /* Nothing has been sent, and nobody knows of the slot. */
        slot->word = word_of(posted >> WARM_WORD_BITS, WARM_FREE);
        return error == -EBADF ? WARM_OTHER_REQUEST : WARM_TOO_BIG;
    }
    if (error == 0 && must_ring) {
        error = ring(helper, number);
    }
    if (error < 0 && take_back(helper, slot, posted)) {
        return WARM_BROKEN;
    }
    enum warm_reason reason = await(helper, slot, posted, deadline_ns);
    return reason == WARM_STARTED ? conclude(slot, request, result) : reason;
}

enum warm_reason warm_start(struct warm_helper *helper, void *block, size_t capacity,
                            int deadline_ms, int *result) {
    const int64_t deadline_ns = now_ns() + (int64_t)deadline_ms * 1000000;
    struct request request;
    struct parcel parcel = {0};
    if (helper->broken) {
        return WARM_BROKEN;
    }
    if (request_open(&request, block, capacity) < 0 ||
        probe_capabilities(&request.capabilities) < 0) {
        return WARM_OTHER_REQUEST;
    }
    enum warm_reason reason = check_request(&request, &parcel.message.above);
    if (reason == WARM_STARTED) {
        reason = check_program_now(helper, &request);
    }
    if (reason == WARM_STARTED) {
        reason = check_key(helper, &request);
    }
    if (reason == WARM_STARTED) {
        reason = check_state(helper);
    }
    if (reason != WARM_STARTED) {
        return reason;
    }
    reason = pack(&parcel, &request);
    if (reason == WARM_STARTED) {
        reason = run(helper, &request, &parcel, deadline_ns, result);
    }
    unpack(&request, reason != WARM_STARTED || *result < 0);
    return reason;
}
