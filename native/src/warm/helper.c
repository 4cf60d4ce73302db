// SPDX-License-Identifier: Apache-2.0
/* The helper, and its child until that is the program: what runs in a process whose dynamic linker
 * was stopped. It is an image of its own that is mapped there, so it may use nothing but itself,
 * and only system calls: no libc is ready yet, and what it did to the memory of the program would
 * be seen there. */
#include "arch/arch.h"
#include "child.h"
#include "warm/frame.h"
#include "warm/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/random.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#ifndef GRND_INSECURE
#define GRND_INSECURE 4
#endif

#define STACK_SIZE ((size_t)32 * 1024)
#define OWN_SIZE (3 * WARM_SHARED_SIZE)

/* The memory that a child gives back before the program goes on. The helper touches none of it once
 * it serves, as each page that it wrote to would be copied at each start: its stack lies in what is
 * shared. */
struct memory {
    union {
        struct {
            /* The child's. It comes first: what runs over its end meets no data. It ends amid a
             * page, and so a short message needs no further one. */
            char stack[STACK_SIZE + 2048];

            /* What the helper found out when it was made. */
            void *tid_address; /* where the linker has told the kernel to clear the thread's id */
            void *robust_list;
            size_t robust_size;
            struct rlimit limits[WARM_LIMITS];
            char title[WARM_TITLE_SIZE];
            int group; /* the process group of who made it; 0 if it could not leave that */

            struct warm_message message;
            char block[WARM_MOST_BYTES];
        };
        char own[OWN_SIZE];
    };
    union {
        struct warm_shared shared;
        char common[WARM_SHARED_SIZE]; /* its end is the helper's stack */
    };
};
static_assert(offsetof(struct memory, shared) == OWN_SIZE, "shared");
static_assert(offsetof(struct memory, block) % 8 == 0, "block");

/* A message's descriptors, as they came. */
struct received {
    int fds[WARM_MOST_DESCRIPTORS];
    int count;
};

void warm_move(void *stack, void (*function)(void *), void *argument);
_Noreturn void warm_resume(uintptr_t stack, uintptr_t entry, uintptr_t next, void *memory,
                           size_t size);

/* The image begins with this. */
void warm_enter(void) __attribute__((section(".text.warm_enter")));

static void wake(void *word) { sys_call(SYS_futex, (long)word, FUTEX_WAKE, INT32_MAX, 0, 0, 0); }

/* Moves the slot's word from one state to another in the same generation. Returns false if it is in
 * another state. */
static bool move(struct warm_slot *slot, enum warm_word from, enum warm_word to) {
    uint32_t word = slot->word;
    while ((word & WARM_WORD_MASK) == from) {
        if (atomic_compare_exchange_strong(&slot->word, &word, word - from + to)) {
            return true;
        }
    }
    return false;
}

/* The child has the message for itself alone, if it is still wanted. */
static bool take(struct warm_slot *slot, uint32_t generation) {
    uint32_t word = generation << WARM_WORD_BITS | WARM_POSTED;
    return atomic_compare_exchange_strong(&slot->word, &word, word - WARM_POSTED + WARM_TAKEN);
}

static void collect(struct msghdr *header, struct received *received) {
    received->count = 0;
    const struct cmsghdr *control = CMSG_FIRSTHDR(header);
    if (!control || control->cmsg_type != SCM_RIGHTS) {
        return;
    }
    const int *fds = (const int *)CMSG_DATA(control);
    int count = (int)((control->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    while (received->count < count) {
        received->fds[received->count] = fds[received->count];
        received->count++;
    }
}

/* The next message of a slot. Returns its size, 0 when we are alone, or -errno. */
static long receive(struct memory *memory, int number, struct received *received, int flags) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(WARM_MOST_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec parts[] = {{&memory->message, sizeof memory->message},
                            {memory->block, sizeof memory->block}};
    struct msghdr header = {
        .msg_iov = parts,
        .msg_iovlen = 2,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    long size;
    do {
        size = sys_call(SYS_recvmsg, WARM_FIRST + number, (long)&header, MSG_CMSG_CLOEXEC | flags,
                        0, 0, 0);
    } while (size == -EINTR);
    if (size > 0) {
        collect(&header, received);
        /* Descriptors are cut off where the limit on them is too low. */
        return header.msg_flags & (MSG_CTRUNC | MSG_TRUNC) ? -EMFILE : size;
    }
    return size;
}

/* Closes what has been received, by a process whose own descriptors end before `end`. */
static void discard(int end) { sys_close_range((unsigned)end, ~0U, 0); }

/* Until there is a message that is still wanted. */
static long await_message(struct memory *memory, int number, struct received *received) {
    struct warm_slot *slot = &memory->shared.slots[number];
    for (;;) {
        long size = receive(memory, number, received, 0);
        if (size <= 0 && size != -EMFILE) {
            sys_exit(0); /* nobody is left who could send one */
        }
        if (take(slot, memory->message.generation)) {
            return size;
        }
        discard(WARM_FIRST + number + 1);
    }
}

/* Says how it went, or where nobody waits for that, that the slot is free. */
static void report(const struct memory *memory, struct warm_slot *slot, enum warm_word word) {
    move(slot, WARM_TAKEN, memory->message.unattended ? WARM_FREE : word);
    wake(&slot->word);
}

_Noreturn static void fail(const struct memory *memory, struct warm_slot *slot,
                           const struct child_failure *failure, int error) {
    slot->step = failure->step;
    slot->index = failure->index;
    slot->error = -error;
    report(memory, slot, WARM_FAILED);
    sys_exit(127);
}

/* Gives the child the limits of who starts it, where they are not the helper's. */
static int follow_limits(const struct memory *memory) {
    for (int resource = 0; resource < WARM_LIMITS; resource++) {
        const struct rlimit *limit = &memory->message.limits[resource];
        const struct rlimit *ours = &memory->limits[resource];
        if (limit->rlim_cur == ours->rlim_cur && limit->rlim_max == ours->rlim_max) {
            continue;
        }
        long result = sys_call(SYS_prlimit64, 0, resource, (long)limit, 0, 0, 0);
        if (result < 0) {
            return (int)result;
        }
    }
    return 0;
}

/* A view of the block that the message brought; it was checked before it was sent. */
static struct request view(struct memory *memory) {
    struct request_header *header = (struct request_header *)memory->block;
    return (struct request){
        .header = header,
        .sources = (struct source *)(memory->block + header->sources_offset),
        .actions = (const struct action *)(memory->block + header->actions_offset),
        .attributes = (const struct attribute *)(memory->block + header->attributes_offset),
        .cgroup = -1,
        .sweep = header->actions_count, /* no exec follows that would close anything */
        .parent = memory->message.parent,
        .capabilities = memory->message.capabilities,
    };
}

/* Has the actions use what was opened for them. */
static void use_opened(const struct warm_message *message, const struct request *request,
                       const int *opened) {
    for (uint32_t i = 0; i < request->header->actions_count && i < 64; i++) {
        if (message->opened >> i & 1) {
            struct action *action = (struct action *)&request->actions[i]; /* a copy of our own */
            action->type = action->type == REQUEST_CHDIR ? REQUEST_FCHDIR : REQUEST_DUP2;
            action->flags &= O_CLOEXEC;
            action->fd = *opened++;
        }
    }
}

/* Puts what was received where no action of the request can hit it, and the standard streams where
 * they belong. Returns 0 or -errno. */
static int place(const struct warm_message *message, const struct request *request,
                 struct received *received) {
    for (int i = 0; i < received->count; i++) {
        int fd = received->fds[i];
        if (fd >= message->above) {
            continue;
        }
        received->fds[i] = sys_fcntl(fd, F_DUPFD_CLOEXEC, message->above);
        sys_close(fd);
        if (received->fds[i] < 0) {
            return received->fds[i];
        }
    }
    int next = 0;
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        bool is_executed = (int)i == request->header->exec_source;
        request->sources[i].placed = is_executed ? -1 : received->fds[next++];
    }
    for (int fd = 0; fd < 3; fd++) {
        if (message->streams >> fd & 1) {
            int flags = message->streams >> (8 + fd) & 1 ? O_CLOEXEC : 0;
            int result = sys_dup3(received->fds[next], fd, flags);
            if (result < 0) {
                return result;
            }
            sys_close(received->fds[next++]);
        }
    }
    use_opened(message, request, received->fds + next);
    return 0;
}

static void close_if_marked(int fd) {
    if (sys_fcntl(fd, F_GETFD, 0) > 0) {
        sys_close(fd);
    }
}

/* What exec would close. */
static void close_on_exec(const struct request *request, const struct received *received) {
    for (int i = 0; i < received->count; i++) {
        close_if_marked(received->fds[i]);
    }
    for (int fd = 0; fd < 3; fd++) {
        close_if_marked(fd);
    }
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        if (request->actions[i].newfd > 2) {
            close_if_marked(request->actions[i].newfd);
        }
    }
}

/* What makes the child another process than its siblings. */
static long draw(struct frame_random *random) {
    long size = sys_call(SYS_getrandom, (long)random, sizeof *random, GRND_INSECURE, 0, 0, 0);
    return size < 0 ? size : size == sizeof *random ? 0 : -EIO;
}

static int set_map(const struct prctl_mm_map *map) {
    return (int)sys_call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)map, sizeof *map, 0, 0);
}

/* Out of the group of who made us: what that is sent while children wait, by a terminal say, would
 * stay pending and end the program that they become later. Where it cannot be left we stay. */
static void leave_group(struct memory *memory) {
    long group = sys_call(SYS_getpgid, 0, 0, 0, 0, 0, 0);
    if (sys_call(SYS_setpgid, 0, 0, 0, 0, 0, 0) == 0) {
        memory->group = (int)group;
    }
}

/* Back to it, before attributes that give the child another. */
static long join_group(const struct memory *memory) {
    return memory->group ? sys_call(SYS_setpgid, 0, memory->group, 0, 0, 0, 0) : 0;
}

/* As the linker has done it for the helper. */
static long register_robust_list(const struct memory *memory) {
    return sys_call(SYS_set_robust_list, (long)memory->robust_list, (long)memory->robust_size, 0, 0,
                    0, 0);
}

/* The child begins with a table of descriptors that it shares with the helper. It needs its socket
 * only, so most of them are never copied. */
static int take_descriptors(int number) {
    return sys_close_range((unsigned)WARM_FIRST + (unsigned)number + 1, ~0U, CLOSE_RANGE_UNSHARE);
}

/* As CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID would do it. */
static void take_over_tid(const struct memory *memory) {
    *(int *)memory->tid_address =
        (int)sys_call(SYS_set_tid_address, (long)memory->tid_address, 0, 0, 0, 0, 0);
}

static struct memory *memory_of(struct warm_slot *slot) {
    return (struct memory *)((char *)(slot - slot->number) - offsetof(struct memory, shared.slots));
}

/* Becomes the program that the message of the slot describes. */
static void child_run_warm(void *argument) {
    struct warm_slot *slot = argument;
    const int number = slot->number;
    struct memory *memory = memory_of(slot);
    struct warm_shared *shared = &memory->shared;
    struct received received;
    struct frame_random random;

    take_over_tid(memory);
    long result = take_descriptors(number);
    move(slot, WARM_COMING, WARM_READY);
    if (result < 0) {
        sys_exit(127); /* it is found dead there, and the helper is renewed */
    }
    result = await_message(memory, number, &received);
    struct request request = view(memory);

    /* First what can fail without that anything has happened, so that it can be tried otherwise.
     * Directory and umask first of all: until here they are our process's own. */
    if (result >= 0) {
        result = sys_call(SYS_unshare, CLONE_FS, 0, 0, 0, 0, 0);
    }
    if (result == 0) {
        result = join_group(memory);
    }
    if (result == 0) {
        result = draw(&random);
    }
    if (result == 0) {
        result = follow_limits(memory);
        /* Somebody has raised ours from outside, and nobody waits here who could start it cold. */
        result = result == -EPERM && memory->message.unattended ? 0 : result;
    }
    if (result == 0) {
        sys_close_range(0, (unsigned)WARM_FIRST + (unsigned)number, 0);
        result = place(&memory->message, &request, &received);
    }
    if (result < 0) {
        slot->error = (int)-result;
        report(memory, slot, WARM_REFUSED);
        sys_exit(127);
    }

    signal_set mask = 0;
    struct child_failure failure;
    result = child_configure(&request, &mask, &failure);
    if (result < 0) {
        fail(memory, slot, &failure, (int)result);
    }
    close_on_exec(&request, &received);

    struct prctl_mm_map map;
    const struct warm_stop stop = shared->stop;
    uintptr_t stack = frame_build(shared, &request, &random, &map);
    arch_set_guards(random.at_random);
    result = set_map(&map);
    if (result == 0) {
        result = register_robust_list(memory);
    }
    if (result < 0) {
        failure = (struct child_failure){REQUEST_STEP_EXEC, REQUEST_NO_INDEX};
        fail(memory, slot, &failure, (int)result);
    }
    report(memory, slot, WARM_DONE);

    /* Last: a signal that has waited may end us from here on, which is then the program's exit. */
    sys_sigmask(&mask, NULL);
    warm_resume(stack, stop.entry, stop.next, memory, sizeof *memory);
}

/* No child can be had for the slot: who waits for it is told, and what was sent is thrown away. */
static void refuse(struct memory *memory, int number, int error) {
    struct warm_slot *slot = &memory->shared.slots[number];
    struct received received;
    long size;
    do {
        size = receive(memory, number, &received, MSG_DONTWAIT);
        discard(WARM_END); /* also what came of those that were cut off */
    } while (size > 0 || size == -EMFILE);
    slot->error = -error;
    if (move(slot, WARM_COMING, WARM_FREE) || move(slot, WARM_POSTED, WARM_REFUSED)) {
        wake(&slot->word);
    }
}

/* As sys_clone(), into a cgroup. */
static long clone_into(uint64_t flags, struct memory *memory, struct warm_slot *slot, int cgroup) {
    struct clone_args args = {
        .flags = flags | CLONE_INTO_CGROUP, /* the signal of its exit is ours, by CLONE_PARENT */
        .parent_tid = (uintptr_t)&slot->pid,
        .stack = (uintptr_t)memory->stack,
        .stack_size = sizeof memory->stack,
        .cgroup = (uint32_t)cgroup,
    };
    return sys_clone3(&args, sizeof args, child_run_warm, slot);
}

/* In the cgroup, or with -1 where we are. */
static void bring_forth(struct memory *memory, int number, int cgroup) {
    /* Our child is the child of who made us, and shares directory and umask until it has a message,
     * as these may change as long as it waits. */
    const unsigned long flags = CLONE_PARENT | CLONE_FS | CLONE_FILES | CLONE_PARENT_SETTID;
    struct warm_slot *slot = &memory->shared.slots[number];
    long pid = cgroup < 0 ? sys_clone(flags | SIGCHLD, memory->stack + sizeof memory->stack,
                                      (int *)&slot->pid, child_run_warm, slot)
                          : clone_into(flags, memory, slot, cgroup);
    if (cgroup >= 0) {
        sys_close(cgroup);
    }
    if (pid < 0) {
        refuse(memory, number, (int)pid);
    }
}

/* Waits for rings. Returns how many have come, or -errno. With the last of them a cgroup may have
 * come: the kernel goes no further than to the first descriptor. Else it is -1. */
static long hear(uint8_t rings[WARM_SLOTS], int *cgroup) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof *cgroup)];
    } control;
    struct iovec part = {rings, WARM_SLOTS};
    struct msghdr header = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    long count = sys_call(SYS_recvmsg, WARM_LINE, (long)&header, MSG_CMSG_CLOEXEC, 0, 0, 0);
    const struct cmsghdr *received = count > 0 ? CMSG_FIRSTHDR(&header) : NULL;
    *cgroup =
        received && received->cmsg_type == SCM_RIGHTS ? *(const int *)CMSG_DATA(received) : -1;
    return count;
}

static void answer(struct memory *memory, uint8_t ring, int cgroup) {
    const int number = (ring & ~WARM_INTO_CGROUP) % WARM_SLOTS;
    if (!(ring & WARM_INTO_CGROUP)) {
        bring_forth(memory, number, -1);
    } else if (cgroup >= 0) {
        bring_forth(memory, number, cgroup);
    } else {
        refuse(memory, number, -EMFILE); /* it was cut off, as the limit on descriptors is low */
    }
}

static void serve(void *argument) {
    struct memory *memory = argument;
    for (;;) {
        uint8_t rings[WARM_SLOTS];
        int cgroup;
        long count = hear(rings, &cgroup);
        if (count <= 0 && count != -EINTR) {
            sys_exit(0); /* who made us is gone */
        }
        for (long i = 0; i < count; i++) {
            answer(memory, rings[i], cgroup);
        }
    }
}

/* Makes the sockets of the slots, ours from WARM_FIRST on, and sends the others to who made us. */
static long open_slots(void) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(WARM_SLOTS * sizeof(int))];
    } control;
    control.header.cmsg_len = CMSG_LEN(WARM_SLOTS * sizeof(int));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    int *theirs = (int *)CMSG_DATA(&control.header);
    for (int i = 0; i < WARM_SLOTS; i++) {
        int ends[2];
        long result =
            sys_call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, (long)ends, 0, 0);
        if (result < 0) {
            return result;
        }
        theirs[i] = sys_fcntl(ends[1], F_DUPFD_CLOEXEC, WARM_END + 1);
        sys_close(ends[1]);
        if (theirs[i] < 0 || ends[0] != WARM_FIRST + i) {
            return theirs[i] < 0 ? theirs[i] : -EBADF;
        }
    }
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr header = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control.bytes,
    };
    long result = sys_call(SYS_sendmsg, WARM_LINE, (long)&header, MSG_NOSIGNAL, 0, 0, 0);
    discard(WARM_END);
    return result < 0 ? result : 0;
}

/* What helper and waiting children are called; a child gets its own arguments later. A copy, as the
 * kernel shows none that lie in a file. */
static void set_title(struct memory *memory) {
    const char *title = memory->shared.title;
    char *end = memory->title;
    while ((*end++ = *title++)) {
    }
    memory->shared.map.arg_start = (uintptr_t)memory->title;
    memory->shared.map.arg_end = (uintptr_t)end;
}

/* Whether who made us is our parent, by the pid that he has himself: in another pid namespace our
 * children would have other pids than he thinks. */
static long check_owner(int owner) {
    return sys_call(SYS_getppid, 0, 0, 0, 0, 0, 0) == owner ? 0 : -ESRCH;
}

/* What a child will need, tried once: its kernel or filter may lack it. */
static long prepare(struct memory *memory) {
    struct prctl_mm_map *map = &memory->shared.map;
    struct frame_random random;
    long result = draw(&random);
    if (result == 0) {
        result = sys_prctl(PR_GET_TID_ADDRESS, (long)&memory->tid_address);
    }
    if (result == 0) {
        result = sys_call(SYS_get_robust_list, 0, (long)&memory->robust_list,
                          (long)&memory->robust_size, 0, 0, 0);
    }
    if (result == 0) {
        set_title(memory);
        map->brk = (uint64_t)sys_call(SYS_brk, 0, 0, 0, 0, 0, 0);
        result = set_map(map);
    }
    for (int i = 0; i < WARM_SLOTS; i++) {
        memory->shared.slots[i].number = i;
    }
    for (int i = 0; i < WARM_LIMITS && result == 0; i++) {
        result = sys_call(SYS_prlimit64, 0, i, 0, (long)&memory->limits[i], 0, 0);
    }
    if (result == 0) {
        result = check_owner(memory->shared.owner);
    }
    if (result == 0) {
        result = register_robust_list(memory);
    }
    if (result == 0) {
        result = sys_call(SYS_unshare, 0, 0, 0, 0, 0, 0); /* nothing, but it is asked for */
    }
    if (result == 0) {
        leave_group(memory);
    }
    return result == 0 ? open_slots() : result;
}

void warm_enter(void) {
    const signal_set all = SIGNAL_SET_ALL;
    const int protection = PROT_READ | PROT_WRITE;

    /* Blocked for good: what is sent to our group, by a terminal say, is not meant for us. */
    sys_sigmask(&all, NULL);
    long address = sys_call(SYS_mmap, 0, (long)sizeof(struct memory), protection,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address < 0) {
        sys_exit(1);
    }
    long shared = sys_call(SYS_mmap, address + (long)OWN_SIZE, (long)WARM_SHARED_SIZE, protection,
                           MAP_SHARED | MAP_FIXED, WARM_MEMORY, 0);
    if (shared < 0) {
        sys_exit(1);
    }
    sys_close(WARM_IMAGE);
    sys_close(WARM_MEMORY);
    sys_dup3(0, 1, 0); /* who made us has read what the linker printed */
    sys_dup3(0, 2, 0);
    struct memory *memory = (struct memory *)address;
    long result = prepare(memory);
    memory->shared.ready = result < 0 ? (int)result : 1;
    wake(&memory->shared.ready);
    if (result < 0) {
        sys_exit(1);
    }
    warm_move(memory->common + WARM_SHARED_SIZE, serve, memory);
}
