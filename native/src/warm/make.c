// SPDX-License-Identifier: Apache-2.0
/* Making a helper: everything around the program's being linked, and its end. */
#include "probe.h"
#include "timeslice.h"
#include "warm/calls.h"
#include "warm/check.h"
#include "warm/clock.h"
#include "warm/current.h"
#include "warm/ended.h"
#include "warm/link.h"
#include "warm/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/memfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The shortest that the kernel gives. */
#define SLICE_NS 100000

/* How long a process may take to die. */
#define END_MS 1000

extern const char warm_image[];
extern const char warm_image_end[];

static size_t image_size(void) { return (size_t)(warm_image_end - warm_image); }

/* How a helper is being made. */
struct making {
    struct warm_helper *helper;
    const struct request *request; /* of the template */
    int image;                     /* memfds */
    int memory;
    int line;             /* the helper's end */
    int output[2];        /* what the linker prints */
    struct linker linker; /* of the program, or of a script's interpreter */
    bool is_trial;        /* which the linker need not have passed */
    int64_t begin_ns;     /* of CLOCK_REALTIME */
    int64_t deadline_ns;
    int error; /* what is behind a refusal */
};

static enum warm_reason refuse(struct making *making, enum warm_reason reason, long error) {
    making->error = (int)-error;
    return reason;
}

/* The key: what of the environment the linker reads. */
static bool copy_key(struct warm_helper *helper, const struct request *request) {
    for (char **variable = request->envp; *variable; variable++) {
        helper->key_size += check_is_read_by_linker(*variable) ? strlen(*variable) + 1 : 0;
    }
    helper->key = malloc(helper->key_size + 1);
    char *end = helper->key;
    for (char **variable = request->envp; *variable && end; variable++) {
        if (check_is_read_by_linker(*variable)) {
            end = stpcpy(end, *variable) + 1;
        }
    }
    helper->program = strdup(request->program);
    return helper->key && helper->program;
}

int warm_make_memfd(unsigned flag) {
    int fd = sys_memfd_create("spawn4j-warm", MFD_CLOEXEC | MFD_ALLOW_SEALING | flag);
    /* An older kernel does not know these flags, and lets everything be executed. */
    return fd == -EINVAL ? sys_memfd_create("spawn4j-warm", MFD_CLOEXEC | MFD_ALLOW_SEALING) : fd;
}

/* The image, which nobody can change any more: it remains mapped in the program. */
static enum warm_reason make_image(struct making *making) {
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    int fd = making->image = warm_make_memfd(WARM_MEMFD_EXEC);
    if (fd < 0) {
        return refuse(making, WARM_NO_MEMORY, fd);
    }
    long size = sys_call(SYS_pwrite64, fd, (long)warm_image, (long)image_size(), 0, 0, 0);
    if (size != (long)image_size()) {
        return refuse(making, WARM_NO_MEMORY, size < 0 ? size : -EIO);
    }
    int result = sys_fcntl(fd, F_ADD_SEALS, seals);
    return result < 0 ? refuse(making, WARM_NO_KERNEL, result) : WARM_STARTED;
}

/* The memory that we and the helper share. */
static enum warm_reason make_memory(struct making *making) {
    struct warm_helper *helper = making->helper;
    int fd = making->memory = warm_make_memfd(WARM_MEMFD_NOEXEC_SEAL);
    if (fd < 0) {
        return refuse(making, WARM_NO_MEMORY, fd);
    }
    long result = sys_call(SYS_ftruncate, fd, WARM_SHARED_SIZE, 0, 0, 0, 0);
    if (result < 0) {
        return refuse(making, WARM_NO_MEMORY, result);
    }
    void *shared = mmap(NULL, WARM_SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) {
        return refuse(making, WARM_NO_MEMORY, -ENOMEM);
    }
    helper->shared = shared;
    helper->shared->owner = (int32_t)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    helper->shared->is_random = !(personality(0xffffffff) & ADDR_NO_RANDOMIZE);
    snprintf(helper->shared->title, sizeof helper->shared->title, "spawn4j-warm: %s",
             helper->program);
    return WARM_STARTED;
}

static enum warm_reason state_reason(int error) {
    switch (error) {
    case -EMFILE:
    case -ENFILE:
    case -ENOMEM:
        return WARM_NO_MEMORY;
    case -ENOSYS:
    case -EPERM:
        return WARM_NO_KERNEL;
    default:
        return WARM_NO_PROC;
    }
}

/* Before the program is started, so that it cannot have something else than was read. */
static enum warm_reason read_state(struct making *making) {
    struct warm_helper *helper = making->helper;
    struct rlimit descriptors = {0};
    sys_call(SYS_getrlimit, RLIMIT_NOFILE, (long)&descriptors, 0, 0, 0, 0);
    helper->most_descriptors = descriptors.rlim_cur;
    int result = state_open(&helper->files);
    if (result == 0) {
        result = state_read(&helper->files, NULL, &helper->state);
    }
    if (result < 0) {
        return refuse(making, state_reason(result), result);
    }
    return state_compare(&helper->state, &helper->state); /* of some it cannot be known */
}

static enum warm_reason make_line(struct making *making) {
    int ends[2];
    long result =
        sys_call(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, (long)ends, 0, 0);
    if (result < 0) {
        return refuse(making, WARM_NO_MEMORY, result);
    }
    making->helper->line = ends[0];
    making->line = ends[1];
    result = sys_pipe2(making->output, O_CLOEXEC | O_NONBLOCK);
    return result < 0 ? refuse(making, WARM_NO_MEMORY, result) : WARM_STARTED;
}

/* The file that the request names beside the program's path, or -1. */
static int executable_of(const struct request *request) {
    int source = request->header->exec_source;
    return source < 0 ? -1 : request->sources[source].fd;
}

/* Executes the program, has it linked, and lets it go on in the image. */
static enum warm_reason link_program(struct making *making) {
    struct warm_helper *helper = making->helper;
    struct warm_shared *shared = helper->shared;
    struct link link = {
        .program = helper->program,
        .name = making->request->argv[0],
        .variables = helper->key,
        .variables_size = helper->key_size,
        .linker = making->linker.identity,
        .executable = executable_of(making->request),
        .printed = making->output[0],
        .output = making->output[1],
        .line = making->line,
        .image = making->image,
        .memory = making->memory,
        .tracee = {.pidfd = -1, .deadline_ns = making->deadline_ns},
    };
    enum warm_reason reason = link_run(&link);
    helper->pid = link.tracee.pid;
    helper->pidfd = link.tracee.pidfd;
    if (reason == WARM_STARTED) {
        shared->stop = link.stop;
        shared->map = link.map;
        /* It was given one argument; a script's interpreter has at least two. */
        shared->prefix = link.start.argc > 1 ? (uint32_t)link.start.argc : 0;
        reason = link_enter_image(&link, image_size());
    }
    making->error = link.error;
    return reason;
}

/* Waits for a moment while the helper has not changed `word`. */
static enum warm_reason wait_for(const struct making *making, const void *word, uint32_t value) {
    const struct timespec moment = {.tv_nsec = 10000000};
    long result = sys_call(SYS_futex, (long)word, FUTEX_WAIT, value, (long)&moment, 0, 0);
    struct pollfd exit = {.fd = making->helper->pidfd, .events = POLLIN};
    if (result == -ETIMEDOUT && sys_poll(&exit, 1, 0) != 0) {
        return WARM_NEVER_LINKED;
    }
    return clock_now_ns() > making->deadline_ns ? WARM_TIMEOUT : WARM_STARTED;
}

static enum warm_reason await_ready(struct making *making) {
    const struct warm_shared *shared = making->helper->shared;
    enum warm_reason reason = WARM_STARTED;
    int32_t ready;
    while ((ready = shared->ready) == 0 && reason == WARM_STARTED) {
        reason = wait_for(making, &shared->ready, 0);
    }
    return ready < 0 ? refuse(making, WARM_NO_KERNEL, ready) : reason;
}

/* Receives our ends of the slots' sockets. */
static enum warm_reason receive_slots(struct making *making) {
    struct warm_helper *helper = making->helper;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(WARM_SLOTS * sizeof(int))];
    } control;
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof control};
    long size = sys_call(SYS_recvmsg, helper->line, (long)&header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT,
                         0, 0, 0);
    const struct cmsghdr *received = size == 1 ? CMSG_FIRSTHDR(&header) : NULL;
    if (received && received->cmsg_type == SCM_RIGHTS) {
        size_t count = (received->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(helper->slots, CMSG_DATA(received), count * sizeof(int));
    }
    return helper->slots[WARM_SLOTS - 1] >= 0 ? WARM_STARTED
                                              : refuse(making, WARM_NO_MEMORY, -EMFILE);
}

/* Whether its children will be what a cold start's are. */
static enum warm_reason check_helper(struct making *making) {
    const struct warm_helper *helper = making->helper;
    if (!current_may_use(helper)) {
        return WARM_NO_ACCESS;
    }
    return state_has_full_capabilities(helper->pid, &helper->state) ? WARM_STARTED
                                                                    : WARM_OTHER_AUTHORITY;
}

static enum warm_reason watch_files(struct making *making) {
    struct warm_helper *helper = making->helper;
    int result =
        watch_open(helper->pid, making->begin_ns, helper->key, helper->key_size, &helper->watch);
    switch (result) {
    case 0:
        return WARM_STARTED;
    case -ESTALE:
        return WARM_STALE;
    default:
        return refuse(making, state_reason(result), result);
    }
}

/* Has a first child wait, which shows that there can be one. */
static enum warm_reason try_child(struct making *making) {
    const struct warm_helper *helper = making->helper;
    const struct warm_slot *slot = &helper->shared->slots[0];
    if (warm_park(making->helper, 1) != 1) {
        return WARM_BROKEN;
    }
    uint32_t word;
    while (((word = slot->word) & WARM_WORD_MASK) == WARM_COMING) {
        enum warm_reason reason = wait_for(making, &slot->word, word);
        if (reason != WARM_STARTED) {
            return reason == WARM_NEVER_LINKED ? WARM_NO_KERNEL : reason;
        }
    }
    return (word & WARM_WORD_MASK) == WARM_READY ? WARM_STARTED
                                                 : refuse(making, WARM_NO_MEMORY, -slot->error);
}

/* A busy machine would make each start wait for the helper's turn. It only clones, so it needs no
 * long one. Where it cannot have a short one it comes later. */
static enum warm_reason shorten_slice(struct making *making) {
    timeslice_set(making->helper->pid, SLICE_NS);
    return WARM_STARTED;
}

static enum warm_reason check_system(struct making *making) {
    const uint64_t needed = KERNEL_PIDFD_OPEN | KERNEL_PIDFD_SEND_SIGNAL | KERNEL_CLOSE_RANGE |
                            KERNEL_MEMFD_CREATE | KERNEL_SCHED_ATTR;
    if (!ARCH_KNOWS_GUARDS) {
        return WARM_NO_ARCHITECTURE;
    }
    if (!probe_has(needed)) {
        return WARM_NO_KERNEL;
    }
    int result = calls_check();
    if (result < 0) {
        return refuse(making, WARM_NO_KERNEL, result);
    }
    return current_keeps_children() ? WARM_STARTED : WARM_SIGCHLD_IGNORED;
}

static enum warm_reason check_variables(const struct request *request) {
    for (char **variable = request->envp; *variable; variable++) {
        if (check_has_linker_act(*variable)) {
            return WARM_LINKER_ACTS;
        }
    }
    return WARM_STARTED;
}

static enum warm_reason try_linker(struct making *making) {
    return making->is_trial ? WARM_STARTED
                            : trial_check(&making->linker, making->deadline_ns, &making->error);
}

static enum warm_reason make(struct making *making) {
    const char *program = making->request->program;
    enum warm_reason reason = check_system(making);
    if (reason == WARM_STARTED) {
        reason = check_variables(making->request);
    }
    if (reason == WARM_STARTED) {
        /* A relative one depends on where the child is when it executes it. */
        reason = program[0] == '/' ? check_program(program, &making->linker) : WARM_OTHER_REQUEST;
    }
    if (reason == WARM_STARTED) {
        int result = identity_read(AT_FDCWD, program, &making->helper->identity);
        reason = result < 0 ? refuse(making, WARM_NO_FILE, result) : WARM_STARTED;
    }
    enum warm_reason (*const steps[])(struct making *) = {
        try_linker,  make_image,    make_memory,  make_line,   read_state, link_program,
        await_ready, receive_slots, check_helper, watch_files, try_child,  shorten_slice,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && reason == WARM_STARTED; i++) {
        reason = steps[i](making);
    }
    return reason;
}

static void close_fd(int fd) {
    if (fd >= 0) {
        sys_close(fd);
    }
}

static enum warm_reason make_helper(void *block, size_t capacity, int64_t deadline_ns,
                                    bool is_trial, struct warm_helper **helper, int *error) {
    struct request request;
    struct making making = {.request = &request,
                            .is_trial = is_trial,
                            .image = -1,
                            .memory = -1,
                            .line = -1,
                            .output = {-1, -1},
                            .deadline_ns = deadline_ns};
    enum warm_reason reason = WARM_NO_MEMORY;
    struct timespec begin;
    clock_gettime(CLOCK_REALTIME, &begin);
    making.begin_ns = (int64_t)begin.tv_sec * 1000000000 + begin.tv_nsec;
    *helper = NULL;
    *error = 0;
    if (request_open(&request, block, capacity) < 0 || request.search) {
        return WARM_OTHER_REQUEST;
    }
    making.helper = calloc(1, sizeof *making.helper);
    if (!making.helper) {
        return WARM_NO_MEMORY;
    }
    making.helper->pidfd = making.helper->line = -1;
    making.helper->files = STATE_NO_FILES;
    making.helper->watch = WATCH_NOTHING;
    for (int i = 0; i < WARM_SLOTS; i++) {
        making.helper->slots[i] = -1;
    }
    if (copy_key(making.helper, &request)) {
        reason = make(&making);
    }
    close_fd(making.image);
    close_fd(making.memory);
    close_fd(making.line);
    close_fd(making.output[0]);
    close_fd(making.output[1]);
    if (reason != WARM_STARTED) {
        warm_free(making.helper);
        *error = making.error;
        return reason;
    }
    *helper = making.helper;
    return WARM_STARTED;
}

enum warm_reason warm_make(void *block, size_t capacity, int deadline_ms,
                           struct warm_helper **helper, int *error) {
    return make_helper(block, capacity, clock_deadline_ns(deadline_ms), false, helper, error);
}

enum warm_reason warm_make_untried(void *block, size_t capacity, int64_t deadline_ns,
                                   struct warm_helper **helper, int *error) {
    return make_helper(block, capacity, deadline_ns, true, helper, error);
}

/* A child that waits in a slot, or died there. */
static void end_waiting(int pid, int wait_ms) {
    int pidfd = sys_pidfd_open(pid, 0);
    if (pidfd < 0) {
        return;
    }
    /* Somebody else may have reaped it, and the pid may be another process's by now. */
    if (sys_waitid(P_PIDFD, pidfd, NULL, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) == -ECHILD) {
        sys_close(pidfd);
        return;
    }
    ended_kill(pidfd, wait_ms);
}

void warm_free(struct warm_helper *helper) {
    ended_reap();
    /* The helper first: as long as it lives it may clone another child. One that does not die is
     * frozen, and with it those of its children that wait. */
    int wait_ms = END_MS;
    if (helper->pidfd >= 0 && !ended_kill(helper->pidfd, wait_ms)) {
        wait_ms = 0;
    }
    close_fd(helper->line);
    for (int i = 0; i < WARM_SLOTS; i++) {
        int pid = helper->shared ? helper->shared->slots[i].pid : 0;
        if (pid > 0) {
            end_waiting(pid, wait_ms);
        }
        close_fd(helper->slots[i]);
    }
    if (helper->shared) {
        munmap(helper->shared, WARM_SHARED_SIZE);
    }
    state_close(&helper->files);
    watch_close(&helper->watch);
    free(helper->program);
    free(helper->key);
    free(helper);
}

int warm_pid(const struct warm_helper *helper) { return helper->pid; }
