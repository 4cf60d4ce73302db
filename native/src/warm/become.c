// SPDX-License-Identifier: Apache-2.0
#include "warm/become.h"

#include "arch/arch.h"
#include "child.h"
#include "warm/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/random.h>
#include <sched.h>
#include <sys/mman.h>

#ifndef GRND_INSECURE
#define GRND_INSECURE 4
#endif

_Noreturn void warm_resume(uintptr_t stack, uintptr_t entry, uintptr_t next, void *memory,
                           size_t size);

/* The child has the message for itself alone, if it is still wanted. */
static bool take(struct warm_slot *slot, uint32_t generation) {
    uint32_t word = generation << WARM_WORD_BITS | WARM_POSTED;
    return atomic_compare_exchange_strong(&slot->word, &word, word - WARM_POSTED + WARM_TAKEN);
}

/* Until there is a message that is still wanted. */
static long await_message(struct memory *memory, int number, struct received *received) {
    struct warm_slot *slot = &memory->shared.slots[number];
    for (;;) {
        long size = mail_receive(memory, number, received, 0);
        if (size <= 0 && size != -EMFILE) {
            sys_exit(0); /* nobody is left who could send one */
        }
        if (take(slot, memory->message.generation)) {
            return size;
        }
        mail_discard(WARM_FIRST + number + 1);
    }
}

/* Says how it went, or where nobody waits for that, that the slot is free. */
static void report(const struct memory *memory, struct warm_slot *slot, enum warm_word word) {
    slot_move(slot, WARM_TAKEN, memory->message.unattended ? WARM_FREE : word);
    memory_wake(&slot->word);
}

_Noreturn static void fail(const struct memory *memory, struct warm_slot *slot,
                           const struct child_failure *failure, int error) {
    slot->step = failure->step;
    slot->index = failure->index;
    slot->error = -error;
    report(memory, slot, WARM_FAILED);
    sys_exit(127);
}

/* Gives the child the limits of the process that starts it, where they differ from the helper's. */
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

/* Makes the actions use the descriptors that were opened for them. */
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

long become_draw(struct frame_random *random) {
    long size = sys_call(SYS_getrandom, (long)random, sizeof *random, GRND_INSECURE, 0, 0, 0);
    return size < 0 ? size : size == sizeof *random ? 0 : -EIO;
}

int become_set_map(const struct prctl_mm_map *map) {
    return (int)sys_call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)map, sizeof *map, 0, 0);
}

/* Back to it, before attributes that give the child another. */
static long join_group(const struct memory *memory) {
    return memory->group ? sys_call(SYS_setpgid, 0, memory->group, 0, 0, 0, 0) : 0;
}

long become_register_robust_list(const struct memory *memory) {
    return sys_call(SYS_set_robust_list, (long)memory->robust_list, (long)memory->robust_size, 0, 0,
                    0, 0);
}

/* The child begins with a table of descriptors that it shares with the helper. It needs its socket
 * only, so most of them are never copied. */
static int take_descriptors(int number) {
    return sys_close_range((unsigned)WARM_FIRST + (unsigned)number + 1, ~0U, CLOSE_RANGE_UNSHARE);
}

/* As CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID would do it. Before glibc 2.34 only programs that
 * are linked with libpthread have such an address. */
static void take_over_tid(const struct memory *memory) {
    if (memory->tid_address) {
        *(int *)memory->tid_address =
            (int)sys_call(SYS_set_tid_address, (long)memory->tid_address, 0, 0, 0, 0, 0);
    }
}

static struct memory *memory_of(struct warm_slot *slot) {
    return (struct memory *)((char *)(slot - slot->number) - offsetof(struct memory, shared.slots));
}

void become_program(void *argument) {
    struct warm_slot *slot = argument;
    const int number = slot->number;
    struct memory *memory = memory_of(slot);
    struct warm_shared *shared = &memory->shared;
    struct received received;
    struct frame_random random;

    take_over_tid(memory);
    long result = take_descriptors(number);
    slot_move(slot, WARM_COMING, WARM_READY);
    if (result < 0) {
        sys_exit(127); /* it is found dead there, and the helper is renewed */
    }
    result = await_message(memory, number, &received);
    struct request request = view(memory);

    /* First what can fail while nothing has happened yet, so that another way can be tried.
     * Directory and umask first of all: until here they are our process's own. */
    if (result >= 0) {
        result = sys_call(SYS_unshare, CLONE_FS, 0, 0, 0, 0, 0);
    }
    if (result == 0) {
        result = join_group(memory);
    }
    if (result == 0) {
        result = become_draw(&random);
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
    result = become_set_map(&map);
    if (result == 0) {
        result = become_register_robust_list(memory);
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
