// SPDX-License-Identifier: Apache-2.0
/* How a child is made.
 *
 * Copying the descriptor table is what makes a spawn slow in a process with many open files, and
 * what lets a child hold, for a moment, files that are none of its business: a writer's, say, so
 * that executing what was written fails with "Text file busy". So CLONE3 shares the table
 * (CLONE_FILES), and the child's first act is to unshare it from a boundary upwards, which is 64
 * unless many files were open when the library was loaded: the kernel then copies the entries below
 * only. What the child is to keep is placed there first, in slots (see slot.h).
 *
 * The obvious alternatives cost more: a helper process adds a hop to each spawn, and fetching
 * descriptors with pidfd_getfd(2) needs ptrace rights that containers refuse. Where there is no
 * close_range(2), or no slot although the start has waited for one (see turn.h), the table is
 * copied after all, and the same actions give the same child, only slower. */
#include "spawn.h"

#include "block.h"
#include "cgroup.h"
#include "child.h"
#include "identity.h"
#include "posix.h"
#include "probe.h"
#include "program.h"
#include "request.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* Set when the kernel or a filter has refused clone3(2), so that it is asked once only. */
static atomic_bool clone3_refused;

static bool means_refused(long error) {
    /* Docker's filter says ENOSYS, older ones EPERM; a kernel too old for a flag says EINVAL, for
     * the struct's size E2BIG. */
    return error == -ENOSYS || error == -EPERM || error == -EINVAL || error == -E2BIG;
}

/* Whether nobody waits for the child, and its pid is not ours to signal; by clone3(2) only. */
static bool ends_unheard(const struct request *request) {
    return request->birth & LIFETIME_AUTOREAP;
}

/* A child on its own stack, below the block, that shares our memory until exec. */
static long clone_onto_stack(struct request *request, unsigned long flags, int *pidfd) {
    int result = ends_unheard(request) ? -ENOSYS : request_require(request, KERNEL_CLONE_PIDFD);
    if (result < 0) {
        return result;
    }
    flags |= (unsigned long)request->birth | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    return sys_clone(flags, request->header, pidfd, child_run, request);
}

/* Whether the kernel is to put the child into its cgroup, which then need not go there itself. */
static bool is_born_in_cgroup(const struct request *request) {
    return request->cgroup >= 0 && request->procs < 0;
}

static struct clone_args clone3_args(const struct request *request, uint64_t flags, int *pidfd) {
    struct clone_args args = {
        .flags = flags | request->birth | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = ends_unheard(request) ? 0 : SIGCHLD,
    };
    if (is_born_in_cgroup(request)) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint32_t)request->cgroup;
    }
    return args;
}

static long clone3_onto_stack(struct request *request, uint64_t flags, int *pidfd) {
    struct clone_args args = clone3_args(request, flags | CLONE_VM, pidfd);
    args.stack = (uintptr_t)request->header - BLOCK_STACK_SIZE;
    args.stack_size = BLOCK_STACK_SIZE;
    if (request->uses_clone3) {
        request->lacks_handlers = true; /* by CLONE_CLEAR_SIGHAND */
        long pid = sys_clone3(&args, sizeof args, child_run, request);
        if (!means_refused(pid)) {
            return pid;
        }
        request->lacks_handlers = false;
        if (is_born_in_cgroup(request) || (request->birth && pid != -ENOSYS)) {
            return pid; /* it may be that which is refused */
        }
        clone3_refused = true;
        const signal_set all = SIGNAL_SET_ALL; /* handlers stay, see signals_to_block() */
        int result = sys_sigmask(&all, NULL);
        if (result < 0) {
            return result;
        }
    }
    return clone_onto_stack(request, (unsigned long)flags, pidfd);
}

/* A child with a copy of our memory. We wait for its exec all the same, as its outcome is only
 * known then. */
static long clone_copy(struct request *request, int *pidfd) {
    long pid;
    if (is_born_in_cgroup(request) || ends_unheard(request)) {
        struct clone_args args = clone3_args(request, 0, pidfd);
        pid = sys_call(SYS_clone3, (long)&args, sizeof args, 0, 0, 0, 0);
    } else {
        pid = request_require(request, KERNEL_CLONE_PIDFD);
        if (pid == 0) {
            const uint64_t flags = request->birth | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
            pid = sys_call(SYS_clone, (long)flags, 0, (long)pidfd, 0, 0, 0);
        }
        if (pid < 0) {
            return pid;
        }
    }
    if (pid == 0) {
        child_run(request);
    }
    return pid;
}

/* What the child shares with us besides memory. */
static uint64_t shared_flags(const struct request *request) {
    return (request->cut ? CLONE_FILES : 0) |
           (request->header->flags & REQUEST_FLAG_SHARE_FS ? CLONE_FS : 0);
}

static long start(struct request *request, int *pidfd) {
    const uint32_t strategy = request->header->strategy;
    if (strategy == REQUEST_STRATEGY_POSIX_SPAWN) {
        return posix_start(request);
    }
    if (strategy == REQUEST_STRATEGY_FORK || request->changes_ids) {
        /* Where ids change, the kernel would change for our memory too whether it may be looked at,
         * and by whom (commit_creds()), and another user's process would have all that is in it. */
        return clone_copy(request, pidfd);
    }
    if (strategy == REQUEST_STRATEGY_VFORK) {
        return is_born_in_cgroup(request) || ends_unheard(request)
                   ? clone3_onto_stack(request, 0, pidfd)
                   : clone_onto_stack(request, 0, pidfd);
    }
    long pid = clone3_onto_stack(request, shared_flags(request), pidfd);
    if (means_refused(pid) && !is_born_in_cgroup(request) && !request->birth) {
        request->cut = 0;
        pid = clone_copy(request, pidfd);
    }
    return pid;
}

/* Ends and reaps a child that nobody is to know of. Its pid is safe: it is ours until it is reaped;
 * unless it is reaped by the kernel, which kills it with its pidfd. */
static void discard_child(const struct request *request, int pid, int pidfd) {
    if (!ends_unheard(request)) {
        sys_call(SYS_kill, pid, SIGKILL, 0, 0, 0, 0);
        sys_wait4(pid, NULL, __WALL);
    }
    if (pidfd >= 0) {
        sys_close(pidfd);
    }
}

/* A child that could not be born in its cgroup, and goes there itself. */
static long start_and_move(struct request *request, int *pidfd) {
    const signal_set all = SIGNAL_SET_ALL; /* handlers may stay, see signals_to_block() */
    int result = sys_sigmask(&all, NULL);
    if (result < 0) {
        return result;
    }
    request->lacks_handlers = false;
    request->procs = cgroup_open(request);
    if (request->procs < 0) {
        return request->procs;
    }
    long pid = start(request, pidfd);
    sys_close(request->procs);
    return pid;
}

/* A child in a cgroup: born there, as to move it makes every other fork of the machine wait.
 *
 * Where that is refused, or would be by a filter that kills, the child moves itself. So it does
 * where the kernel kills it at birth, as newer ones do (seen on 6.18) once cgroup.kill has been
 * written to the cgroup: they seem to compare how often ours and the child's were killed, and to
 * take a difference for a kill that has come in between. The failure stands in the block
 * beforehand, and a child that lives takes it away. No other child is born in such a cgroup, as
 * long as it is remembered. */
static long start_in_cgroup(struct request *request, int *pidfd) {
    struct request_header *header = request->header;
    int result = cgroup_check(request);
    if (result < 0) {
        return result;
    }
    if (request->uses_clone3 && request->capabilities & KERNEL_CLONE_INTO_CGROUP &&
        !cgroup_is_deadly(request)) {
        header->step = REQUEST_STEP_CGROUP;
        long pid = start(request, pidfd);
        if (pid < 0) {
            header->step = REQUEST_STEP_NONE;
            if (!means_refused(pid)) {
                return pid;
            }
        } else if (header->step != REQUEST_STEP_CGROUP) {
            return pid;
        } else {
            cgroup_note_death(request);
            header->step = REQUEST_STEP_NONE;
            discard_child(request, (int)pid, *pidfd);
            *pidfd = -1;
        }
    }
    return start_and_move(request, pidfd);
}

static long start_somewhere(struct request *request, int *pidfd) {
    return request->cgroup >= 0 ? start_in_cgroup(request, pidfd) : start(request, pidfd);
}

/* A child with what it can only be born with. A caller that may not make a pid namespace may make
 * one in a user namespace. */
static long start_as_born(struct request *request, int *pidfd) {
    request->user = (unsigned)sys_call(SYS_geteuid, 0, 0, 0, 0, 0, 0);
    request->group = (unsigned)sys_call(SYS_getegid, 0, 0, 0, 0, 0, 0);
    long pid = start_somewhere(request, pidfd);
    if (pid == -EPERM && request->birth & CLONE_NEWPID &&
        request->header->step == REQUEST_STEP_NONE) {
        request->birth |= CLONE_NEWUSER;
        request->procs = -1;
        pid = start_somewhere(request, pidfd);
    }
    bool is_refused =
        pid == -EPERM || pid == -EINVAL || pid == -ENOSPC || pid == -EUSERS || pid == -ENOSYS;
    return is_refused ? request_fail(request, REQUEST_STEP_ATTRIBUTE, (int)request->born, (int)pid)
                      : pid;
}

static bool is_pipe(const struct source *source) {
    return source->kind == REQUEST_SOURCE_PIPE_TO_CHILD ||
           source->kind == REQUEST_SOURCE_PIPE_FROM_CHILD;
}

static bool is_program(const struct request *request, const struct source *source) {
    int program = request->header->exec_source;
    return program >= 0 && source == &request->sources[program];
}

int spawn_make_pipe(struct source *source) {
    int ends[2];
    int result = sys_pipe2(ends, O_CLOEXEC);
    if (result < 0) {
        return result;
    }
    bool to_child = source->kind == REQUEST_SOURCE_PIPE_TO_CHILD;
    source->fd = ends[to_child ? 0 : 1];
    source->peer = ends[to_child ? 1 : 0];
    return sys_fcntl(source->peer, F_SETFL, O_NONBLOCK);
}

/* Whether an action would hit what is placed at `fd`; ranges spare what is placed. */
static bool is_named(const struct request *request, int fd) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        bool is_source = action->type & REQUEST_FD_IS_SOURCE;
        if (action->type != REQUEST_CLOSE_RANGE &&
            (action->newfd == fd || (action->fd == fd && !is_source))) {
            return true;
        }
    }
    return false;
}

/* Duplicates `fd` onto a number that no action names. */
static int place_anywhere(const struct request *request, int fd) {
    int result = sys_fcntl(fd, F_DUPFD_CLOEXEC, 3);
    while (result >= 0 && is_named(request, result)) {
        int next = sys_fcntl(fd, F_DUPFD_CLOEXEC, result + 1);
        sys_close(result);
        result = next;
    }
    return result;
}

static void set_placed(struct request *request, struct source *source, int fd) {
    source->placed = fd;
    request->reserved &= ~slot_bit(fd);
}

/* Puts `source` where the child will find it: into a slot, or, where there is none, anywhere. */
static int place(struct request *request, struct source *source) {
    int result = request->has_slots ? slot_place(source->fd, request->named) : -EAGAIN;
    if (result == -EAGAIN) {
        request->cut = 0;
        result = place_anywhere(request, source->fd);
    }
    if (result < 0) {
        return result;
    }
    set_placed(request, source, result);
    return 0;
}

/* Before the slots are counted, as the null device may take one. */
static void open_null(const struct request *request) {
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        if (request->sources[i].kind == REQUEST_SOURCE_NULL) {
            request->sources[i].fd = slot_null();
        }
    }
}

/* Whether `source` is the null device, and lies where every child has it. */
static bool is_low_null(const struct request *request, const struct source *source) {
    return source->kind == REQUEST_SOURCE_NULL && slot_bit(source->fd) & ~request->named;
}

/* How many slots the sources take. */
static unsigned count_slots(const struct request *request) {
    unsigned count = 0;
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        const struct source *source = &request->sources[i];
        bool has_one =
            is_program(request, source) && request->cut && slot_keeps(source->fd, request->named);
        count += !has_one && !is_low_null(request, source);
    }
    return count;
}

/* Makes one source ready. A source that fails is left for discard_sources(). */
static int prepare_source(struct request *request, struct source *source) {
    int result = 0;
    switch (source->kind) {
    case REQUEST_SOURCE_DESCRIPTOR:
        /* Our own placeholders look open, but are nobody's. */
        if (source->fd < 0 || slot_is_ours(source->fd)) {
            return request_fail(request, REQUEST_STEP_DESCRIPTOR, source->fd, -EBADF);
        }
        break;
    case REQUEST_SOURCE_NULL:
        if (source->fd < 0) {
            return request_fail(request, REQUEST_STEP_DESCRIPTOR, REQUEST_NO_INDEX, source->fd);
        }
        break;
    default:
        result = spawn_make_pipe(source);
        if (result < 0) {
            return request_fail(request, REQUEST_STEP_PIPE, REQUEST_NO_INDEX, result);
        }
    }
    if (is_low_null(request, source)) {
        set_placed(request, source, source->fd);
        return 0;
    }
    if (is_program(request, source) && request->cut && request->has_slots) {
        result = slot_keep(source->fd, request->named);
        if (result >= 0) {
            request->is_kept = true;
            set_placed(request, source, result);
            return 0;
        }
    }
    result = place(request, source);
    if (is_pipe(source)) {
        sys_close(source->fd);
        source->fd = -1;
    }
    return result < 0 ? request_fail(request, REQUEST_STEP_DESCRIPTOR, source->fd, result) : 0;
}

/* Takes back what only the child needed; on a failed spawn our ends of the pipes too. */
static void discard_sources(const struct request *request, bool failed) {
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        struct source *source = &request->sources[i];
        uint64_t slot = slot_bit(source->placed);
        bool is_kept = request->is_kept && is_program(request, source);
        if (source->placed >= 0 && source->placed != source->fd && !is_kept) {
            /* What was placed anywhere may have the number of a program's slot, if somebody has
             * closed that. */
            if (slots_reserved() & ~*request->slots.kept & slot) {
                slot_release(source->placed, is_pipe(source) ? source->peer : source->fd);
            } else {
                sys_close(source->placed);
            }
        }
        if (failed && is_pipe(source)) {
            if (source->fd >= 0) {
                sys_close(source->fd);
            }
            if (source->peer >= 0) {
                sys_close(source->peer);
                source->peer = -1;
            }
        }
    }
}

static bool is_unchanged(int directory, const char *path, const struct identity *identity) {
    struct identity now;
    return identity_read(directory, path, &now) == 0 && identity_equal(&now, identity);
}

/* All that the proposal demands at every spawn: that the path still leads to the file, if it was
 * made from a path, and that the file is what it was; and that both may be executed. Returns 0,
 * -ESTALE, or -errno where we lack a descriptor to find out. */
static int check_strictly(const struct request *request) {
    int file = request->sources[request->header->exec_source].fd;
    bool same = true;
    if (request->program[0]) {
        int found = sys_open(request->program, O_PATH | O_CLOEXEC, 0);
        if (found == -EMFILE || found == -ENFILE) {
            return found;
        }
        same = found >= 0 && is_unchanged(found, "", request->identity) &&
               program_check_file(found) == 0;
        if (found >= 0) {
            sys_close(found);
        }
    }
    same = same && is_unchanged(file, "", request->identity) && program_check_file(file) == 0;
    return same ? 0 : -ESTALE;
}

static int check_identity(const struct request *request) {
    int result;
    if (request->header->flags & REQUEST_FLAG_STRICT_IDENTITY) {
        result = check_strictly(request);
    } else {
        result = is_unchanged(AT_FDCWD, request->program, request->identity) ? 0 : -ESTALE;
    }
    if (result == 0) {
        return 0;
    }
    int step = result == -ESTALE ? REQUEST_STEP_IDENTITY : REQUEST_STEP_DESCRIPTOR;
    return request_fail(request, step, REQUEST_NO_INDEX, result);
}

static int clone_step(const struct request *request) {
    if (request->header->strategy == REQUEST_STRATEGY_POSIX_SPAWN) {
        return REQUEST_STEP_POSIX_SPAWN;
    }
    return is_born_in_cgroup(request) ? REQUEST_STEP_CGROUP : REQUEST_STEP_CLONE;
}

/* Waits until a traced child stands at the first instruction of its program. Should this thread
 * end, the child is killed. */
static int stop_traced(const struct request *request, int pid, int pidfd) {
    struct sys_exit_info info;
    int result = sys_waitid(P_PIDFD, pidfd, &info, WSTOPPED | WEXITED | WNOWAIT | __WALL, NULL);
    if (result == 0 && info.code == CLD_TRAPPED) {
        result = sys_ptrace(PTRACE_SETOPTIONS, pid, PTRACE_O_EXITKILL);
    } else if (result == 0) {
        result = -ECHILD;
    }
    return result < 0 ? request_fail(request, REQUEST_STEP_TRACE, REQUEST_NO_INDEX, result) : 0;
}

/* What is blocked until the child has default dispositions: a handler of the JVM that ran in the
 * child would write into our memory.
 *
 * Not SIGCHLD where the child never has a handler, as CLONE_CLEAR_SIGHAND drops them while it is
 * made: there it finds its default, which does nothing, and ours runs in this thread before or
 * after the call. Blocked it would not be discarded, even where it does nothing, if the child ends
 * before this thread runs again, and would wake another thread of the JVM. A traced child would
 * stop for it. */
static signal_set signals_to_block(const struct request *request) {
    bool clears = request->header->strategy == REQUEST_STRATEGY_CLONE3 && request->uses_clone3 &&
                  !request->changes_ids && !(request->header->flags & REQUEST_FLAG_TRACED);
    return clears ? SIGNAL_SET_ALL & ~((signal_set)1 << (SIGCHLD - 1)) : SIGNAL_SET_ALL;
}

/* Clones with everything in place, and reaps a child that has failed. */
static int launch(struct request *request) {
    struct request_header *header = request->header;
    signal_set mask;
    int pidfd = -1;

    /* Before the mask, which suits one way only: a child that was made by clone(2) while SIGCHLD
     * came through could run the JVM's handler in the JVM's memory. */
    request->uses_clone3 = !clone3_refused && request->capabilities & KERNEL_CLONE3;
    const signal_set blocked = signals_to_block(request);
    int result = sys_sigmask(&blocked, &mask);
    if (result < 0) {
        return request_fail(request, REQUEST_STEP_SIGNALS, REQUEST_NO_INDEX, result);
    }
    request->mask = header->flags & REQUEST_FLAG_KEEP_SIGNALS ? mask : 0;
    long pid = request->birth ? start_as_born(request, &pidfd) : start_somewhere(request, &pidfd);
    sys_sigmask(&mask, NULL);

    if (pid < 0) {
        return request_fail(request, clone_step(request), REQUEST_NO_INDEX, (int)pid);
    }
    if (pidfd < 0) {
        /* posix_spawn(3) gives none; the pid is safe as long as we have not reaped it. */
        pidfd = sys_pidfd_open((int)pid, 0);
        if (pidfd < 0) {
            /* ESRCH: reaped already, as SIGCHLD is ignored. Its pid may be somebody else's by now.
             */
            if (pidfd != -ESRCH) {
                discard_child(request, (int)pid, -1);
            }
            return request_fail(request, REQUEST_STEP_PIDFD, REQUEST_NO_INDEX, pidfd);
        }
    }
    if (header->flags & REQUEST_FLAG_TRACED && header->step == REQUEST_STEP_NONE) {
        stop_traced(request, (int)pid, pidfd);
    }
    if (header->step != REQUEST_STEP_NONE) {
        discard_child(request, (int)pid, pidfd);
        return -header->error;
    }
    header->pid = (int32_t)pid;
    header->pidfd = pidfd;
    return 0;
}

/* Gives up the numbers that somebody has taken, so that a child that inherits all that is the
 * application's has them too. */
static void forfeit_taken(void) {
    for (int fd = 0; fd < slots_cut(); fd++) {
        slot_is_ours(fd);
    }
}

/* Whether an action takes a number of ours, which is closed for it. */
static bool uses_ours(const struct request *request) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        bool is_number =
            !(action->type & REQUEST_FD_IS_SOURCE) && action->type != REQUEST_CLOSE_RANGE;
        if (is_number && slot_is_ours(action->fd)) {
            return true;
        }
    }
    return false;
}

/* What is to be done when it is our turn. */
static int run(struct request *request) {
    const struct request_header *header = request->header;
    int result = request->identity ? check_identity(request) : 0;
    if (result < 0) {
        return result;
    }
    if (header->flags & REQUEST_FLAG_COPY_DESCRIPTORS) {
        forfeit_taken();
    }
    request->uses_ours = uses_ours(request);
    request->base = (unsigned)slots_base();
    request->reserved = slots_reserved();
    request->slots = slots_use();
    if (request->death_signal) {
        /* As the kernel counts it in our pid namespace, which is the child's as well. */
        request->parent = (int)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    }
    for (uint32_t i = 0; i < header->sources_count && result == 0; i++) {
        result = prepare_source(request, &request->sources[i]);
    }
    if (result == 0) {
        result = launch(request);
    }
    discard_sources(request, result < 0);
    return result;
}

int spawn(void *block, size_t capacity) {
    struct request request;
    int result = request_open(&request, block, capacity);
    if (result < 0) {
        /* Memory that cannot hold a header cannot hold the news either. */
        return capacity < sizeof(struct request_header)
                   ? result
                   : request_fail(&request, REQUEST_STEP_REQUEST, REQUEST_NO_INDEX, result);
    }
    struct request_header *header = request.header;
    result = probe_capabilities(&request.capabilities);
    if (result < 0) {
        return request_fail(&request, REQUEST_STEP_PROBE, REQUEST_NO_INDEX, result);
    }
    bool posix = header->strategy == REQUEST_STRATEGY_POSIX_SPAWN;
    result = request_require(&request, KERNEL_WAITID_PIDFD);
    if (result == 0 && posix) {
        result = request_require(&request, KERNEL_PIDFD_OPEN);
    }
    if (result == 0 && request.birth & LIFETIME_AUTOREAP) {
        result = request_require(&request, KERNEL_AUTOKILL);
    }
    if (result == 0 && header->exec_source >= 0) {
        /* A traced child that a filter sent SIGSYS here would wait for its tracer, who waits for
         * its exec. */
        result = request_require(&request, KERNEL_EXECVEAT);
    }
    if (result < 0) {
        return result;
    }
    if (posix) {
        result = posix_check(&request);
        if (result < 0) {
            return result;
        }
    }
    bool shares = header->strategy == REQUEST_STRATEGY_CLONE3 &&
                  !(header->flags & REQUEST_FLAG_COPY_DESCRIPTORS) && !request.closes_by_number &&
                  !request.changes_ids && request.capabilities & KERNEL_CLOSE_RANGE;
    request.cut = shares ? (unsigned)slots_cut() : 0;
    open_null(&request);
    struct turn turn;
    request.has_slots = slots_begin(&turn, count_slots(&request), shares);
    result = run(&request);
    slots_end(&turn);
    return result;
}
