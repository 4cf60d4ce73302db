// SPDX-License-Identifier: Apache-2.0
/* The helper, which runs in a process whose dynamic linker was stopped, and brings forth children
 * there. With what its children run (become.c) it is an image of its own that is mapped into that
 * process. So it may use nothing but itself, and only system calls: no libc is ready yet, and the
 * program would see whatever was done to its memory. */
#include "warm/become.h"
#include "warm/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

void warm_move(void *stack, void (*function)(void *), void *argument);

/* The image begins with this. */
void warm_enter(void) __attribute__((section(".text.warm_enter")));

/* No child can be had for the slot: tells the starter that waits for it, and throws away what was
 * sent. */
static void refuse(struct memory *memory, int number, int error) {
    struct warm_slot *slot = &memory->shared.slots[number];
    struct received received;
    long size;
    do {
        size = mail_receive(memory, number, &received, MSG_DONTWAIT);
        mail_discard(WARM_END); /* also what came of those that were cut off */
    } while (size > 0 || size == -EMFILE);
    slot->error = -error;
    if (slot_move(slot, WARM_COMING, WARM_FREE) || slot_move(slot, WARM_POSTED, WARM_REFUSED)) {
        memory_wake(&slot->word);
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
    return sys_clone3(&args, sizeof args, become_program, slot);
}

/* In the cgroup, or with -1 where we are. */
static void bring_forth(struct memory *memory, int number, int cgroup) {
    /* Our child is the child of our maker, and shares directory and umask until it has a message,
     * as these may change as long as it waits. */
    const unsigned long flags = CLONE_PARENT | CLONE_FS | CLONE_FILES | CLONE_PARENT_SETTID;
    struct warm_slot *slot = &memory->shared.slots[number];
    long pid = cgroup < 0 ? sys_clone(flags | SIGCHLD, memory->stack + sizeof memory->stack,
                                      (int *)&slot->pid, become_program, slot)
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
            sys_exit(0); /* our maker is gone */
        }
        for (long i = 0; i < count; i++) {
            answer(memory, rings[i], cgroup);
        }
    }
}

/* Makes the sockets of the slots, ours from WARM_FIRST on, and sends the others to our maker. */
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
    mail_discard(WARM_END);
    return result < 0 ? result : 0;
}

/* Out of the group of our maker: a signal to that group while children wait, by a terminal for
 * example, would stay pending and end the program that they become later. Where it cannot be left
 * we stay. */
static void leave_group(struct memory *memory) {
    long group = sys_call(SYS_getpgid, 0, 0, 0, 0, 0, 0);
    if (sys_call(SYS_setpgid, 0, 0, 0, 0, 0, 0) == 0) {
        memory->group = (int)group;
    }
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

/* Whether our maker is our parent, by the pid that it knows itself by: in another pid namespace our
 * children would have other pids than it thinks. */
static long check_owner(int owner) {
    return sys_call(SYS_getppid, 0, 0, 0, 0, 0, 0) == owner ? 0 : -ESRCH;
}

/* What a child will need, tried once: its kernel or filter may lack it. */
static long prepare(struct memory *memory) {
    struct prctl_mm_map *map = &memory->shared.map;
    struct frame_random random;
    long result = become_draw(&random);
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
        result = become_set_map(map);
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
        result = become_register_robust_list(memory);
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
    sys_dup3(0, 1, 0); /* our maker has read what the linker printed */
    sys_dup3(0, 2, 0);
    struct memory *memory = (struct memory *)address;
    long result = prepare(memory);
    memory->shared.ready = result < 0 ? (int)result : 1;
    memory_wake(&memory->shared.ready);
    if (result < 0) {
        sys_exit(1);
    }
    warm_move(memory->common + WARM_SHARED_SIZE, serve, memory);
}
