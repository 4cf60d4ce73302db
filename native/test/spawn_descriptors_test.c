// SPDX-License-Identifier: Apache-2.0
/* Which descriptors the child of spawn() has, by slots and without. */
#include "spawn_requests.h"

#include "filter.h"
#include "identity.h"
#include "probe.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* The child has what was mapped, under the number that was asked for, and nothing else. */
static void spawn_gives_child_its_descriptors_only(void) {
    CHECK(open("/etc/passwd", O_RDONLY) >= 0);
    CHECK(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int ends[2];
        CHECK_EQUAL(pipe2(ends, O_CLOEXEC), 0);
        CHECK_EQUAL(write(ends[1], "through 3\n", 10), 10);
        close(ends[1]);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, ends[0]), 3);
        close_above(&b, 3);
        char text[256];
        output_of(&b, DESCRIPTORS, text, sizeof text);
        check_text(text, "0 1 2 3\nthrough 3\n");
        close(ends[0]);
        discard(&b);
    }
}

/* A stream that is closed is inherited as closed, and replaced as any other: in all eight
 * combinations. */
static void spawn_inherits_closed_streams_as_closed(void) {
    for (unsigned closed = 0; closed < 8; closed++) {
        if (!check_in_child()) {
            continue;
        }
        char expected[16] = "";
        for (int fd = 0; fd < 3; fd++) {
            if (closed >> fd & 1) {
                close(fd);
            } else {
                size_t length = strlen(expected);
                snprintf(expected + length, sizeof expected - length, length ? " %d" : "%d", fd);
            }
        }
        slots_reserve(true);
        FOR_EACH_STRATEGY(strategy) {
            struct builder b = begin(strategy);
            for (int fd = 0; fd < 3; fd++) {
                builder_add_action(&b, REQUEST_INHERIT, fd, 0);
            }
            int pipe = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
            builder_map(&b, pipe, 10);
            builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, 9);
            close_above(&b, 10);
            const char *const argv[] = {DESCRIPTORS[0], "/proc/self/fd/10", NULL};
            CHECK_EQUAL(run(&b, argv), 0);
            char text[64];
            read_all(builder_source(&b, (uint32_t)pipe)->peer, text, sizeof text);
            size_t length = strlen(expected);
            snprintf(expected + length, sizeof expected - length, length ? " 10\n" : "10\n");
            check_text(text, expected);
            expected[length] = 0;
            CHECK_EQUAL(exit_code(&b), 0);
            discard(&b);
        }
        exit(0);
    }
}

static void check_is_hidden(int slot) {
    FOR_EACH_STRATEGY(strategy) {
        if (strategy == REQUEST_STRATEGY_POSIX_SPAWN) {
            continue; /* which has the placeholder until exec; Java does not ask for it */
        }
        const uint32_t types[] = {REQUEST_DUP2, REQUEST_DUP3, REQUEST_CLOSE, REQUEST_FCHDIR};
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            struct builder b = begin(strategy);
            builder_add_action(&b, types[i], slot, 1);
            close_above(&b, 2);
            check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 0, EBADF);
            discard(&b);
        }
    }
}

/* A number that only holds a place is closed for an action that names it. */
static void spawn_hides_reserved_numbers_from_actions(void) {
    int free = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    close(free);
    slots_reserve(true);
    check_is_hidden(free);
    check_is_hidden(slots_base() + __builtin_ctzll(*slots_use().available));
}

/* From now on execve(2) waits for whoever reads the result: as for a file system that is dead. */
static int hold_exec(void) {
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return filter_install(rules, sizeof rules / sizeof rules[0], SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

static void *spawn_once(void *unused) {
    (void)unused;
    struct builder b = begin(REQUEST_STRATEGY_CLONE3);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 1);
    close_above(&b, 2);
    CHECK_EQUAL(run(&b, EXIT_7), 0);
    CHECK_EQUAL(exit_code(&b), 7);
    discard(&b);
    return NULL;
}

/* What is being handed to another child is not kept open by one whose exec waits. */
static void spawn_holds_nothing_lent_while_exec_waits(void) {
    slots_reserve(true);
    slot_null();
    probe_has(KERNEL_CLONE3);
    int ends[2];
    CHECK_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    int slot = slot_place(ends[1], 0);
    CHECK(slot >= 0);
    close(ends[1]);
    int listener = hold_exec();
    if (listener < 0) {
        puts("skipped: no listener to a filter here");
        return;
    }
    int high =
        fcntl(listener, F_DUPFD_CLOEXEC, slots_cut()); /* else it would be the child's as well */
    CHECK(high >= slots_cut());
    close(listener);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, spawn_once, NULL), 0);
    struct seccomp_notif held = {0};
    CHECK_EQUAL(ioctl(high, SECCOMP_IOCTL_NOTIF_RECV, &held), 0);

    slot_release(slot, ends[0]);
    struct pollfd pipe = {.fd = ends[0], .events = POLLIN};
    CHECK_EQUAL(poll(&pipe, 1, 20000), 1);
    char byte;
    CHECK_EQUAL(read(ends[0], &byte, 1), 0);

    struct seccomp_notif_resp go = {.id = held.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    CHECK_EQUAL(ioctl(high, SECCOMP_IOCTL_NOTIF_SEND, &go), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
}

/* Checks that a process has no descriptors but standard streams and slots. */
static void check_has_none_of_ours(int pid) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *directory = opendir(path);
    CHECK(directory);
    const struct dirent *entry;
    int count = 0;
    while ((entry = readdir(directory))) {
        int fd = atoi(entry->d_name);
        CHECK(fd <= 2 || slot_bit(fd) & slots_reserved());
        count++;
    }
    CHECK(count > 2);
    closedir(directory);
}

/* Where many files were open when the slots were reserved, a child that waits for its exec has
 * neither those, nor what has been opened since, above or under a number that has become free. */
static void spawn_holds_no_file_of_others_above_many_files(void) {
    check_open_below(100);
    slots_reserve(true);
    CHECK(slots_base() > 0);
    slot_null();
    probe_has(KERNEL_CLONE3);
    close(50);
    CHECK_EQUAL(open("/dev/null", O_WRONLY | O_CLOEXEC), 50);
    CHECK(open("/dev/null", O_WRONLY | O_CLOEXEC) >= slots_cut());
    int listener = hold_exec();
    if (listener < 0) {
        puts("skipped: no listener to a filter here");
        return;
    }
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, spawn_once, NULL), 0);
    struct seccomp_notif held = {0};
    CHECK_EQUAL(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &held), 0);
    check_has_none_of_ours((int)held.pid);
    struct seccomp_notif_resp go = {.id = held.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    CHECK_EQUAL(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &go), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
}

/* What lies below the slots is what it was for actions that name it, and for a child that inherits;
 * placeholders there are closed. */
static void spawn_knows_numbers_below_slots(void) {
    CHECK_EQUAL(close_range(3, ~0U, 0), 0); /* what we have inherited ourselves */
    check_open_below(100);
    close(40);
    CHECK_EQUAL(fcntl(60, F_SETFD, 0), 0);
    slots_reserve(true);
    CHECK(slots_base() > 0);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        char text[512];
        output_of(&b, DESCRIPTORS, text, sizeof text);
        check_text(text, "0 1 2 60\n");
        discard(&b);

        b = begin(strategy);
        CHECK_EQUAL(lseek(50, 0, SEEK_SET), 0);
        builder_add_action(&b, REQUEST_DUP2, 50, 3);
        builder_add_action(&b, REQUEST_CLOSE_RANGE, 4, -1);
        output_of(&b, DESCRIPTORS, text, sizeof text);
        CHECK(strncmp(text, "0 1 2 3\n", 8) == 0 && strlen(text) > 8);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_INHERIT, 40, 0);
        output_of(&b, DESCRIPTORS, text, sizeof text);
        check_text(text, "0 1 2 60\n");
        discard(&b);

        if (strategy != REQUEST_STRATEGY_POSIX_SPAWN) {
            b = begin(strategy);
            builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 3)->text =
                builder_text(&b, "/proc/self/fd/40");
            check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 0, ENOENT);
            discard(&b);
        }
    }
}

/* A file of the application under a number below the slots that was held is his. */
static void spawn_accepts_file_in_place_of_placeholder_below_slots(void) {
    check_open_below(100);
    close(40);
    slots_reserve(true);
    CHECK_EQUAL(dup2(50, 40), 40);
    FOR_EACH_STRATEGY(strategy) {
        CHECK_EQUAL(lseek(40, 0, SEEK_SET), 0);
        struct builder b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 40, 3);
        close_above(&b, 3);
        char text[512];
        output_of(&b, DESCRIPTORS, text, sizeof text);
        CHECK(strncmp(text, "0 1 2 3\n", 8) == 0 && strlen(text) > 8);
        discard(&b);
    }
}

/* A file that somebody has opened under one of our numbers is his, and may be given to a child. */
static void spawn_accepts_file_under_reserved_number(void) {
    slots_reserve(true);
    int slot = slots_base() + __builtin_ctzll(*slots_use().available);
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    CHECK(file >= 0);
    CHECK_EQUAL(dup2(file, slot), slot);
    FOR_EACH_STRATEGY(strategy) {
        CHECK_EQUAL(lseek(slot, 0, SEEK_SET), 0);
        struct builder b = begin(strategy);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, slot), 3);
        close_above(&b, 3);
        char text[512];
        output_of(&b, DESCRIPTORS, text, sizeof text);
        CHECK(strncmp(text, "0 1 2 3\n", 8) == 0 && strlen(text) > 8);
        discard(&b);
    }
}

/* An application's file under a number that was ours is inherited as all others. */
static void spawn_inherits_foreign_file_in_place_of_placeholder(void) {
    slots_reserve(true);
    int slot = slots_cut() - 1 - __builtin_clzll(*slots_use().available);
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    CHECK_EQUAL(dup2(file, slot), slot);
    char expected[16];
    snprintf(expected, sizeof expected, " %d", slot);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        builder_header(&b)->flags |= REQUEST_FLAG_COPY_DESCRIPTORS;
        char text[512];
        output_of(&b, DESCRIPTORS, text, sizeof text);
        CHECK(strstr(text, expected));
        discard(&b);
    }
}

/* Where no slot is left the table is copied; the child is the same. */
static void spawn_falls_back_when_slots_run_out(void) {
    slots_reserve(true);
    while (slot_place(1, 0) >= 0) {
    }
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, file), 3);
        close_above(&b, 3);
        char text[512];
        output_of(&b, DESCRIPTORS, text, sizeof text);
        CHECK(strncmp(text, "0 1 2 3\n", 8) == 0);
        close(file);
        discard(&b);
    }
}

/* However a start ends, others get its turn and its slots. */
static void spawn_leaves_turns_and_slots_to_others(void) {
    slots_reserve(true);
    struct turn turn;
    unsigned slots = 0;
    while (slots_begin(&turn, slots, true)) {
        slots_end(&turn);
        slots++;
    }
    slots_end(&turn);
    CHECK(slots > 10);

    const char *const missing[] = {"/no/such/program", NULL};
    for (int round = 0; round < 20; round++) {
        FOR_EACH_STRATEGY(strategy) {
            struct builder b = begin(strategy);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
            CHECK_EQUAL(run(&b, missing), -ENOENT);
            discard(&b);

            b = begin(strategy);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, 9999), 3);
            CHECK_EQUAL(run(&b, EXIT_7), -EBADF);
            discard(&b);

            b = begin(strategy);
            builder_header(&b)->identity_offset = b.end; /* of zeros, so nobody's */
            b.end += (uint32_t)sizeof(struct identity);
            CHECK_EQUAL(run(&b, EXIT_7), -ESTALE);
            discard(&b);
        }
    }
    CHECK(slots_begin(&turn, slots - 1, true));
    slots_end(&turn);
}

/* Also where an action names the highest descriptor that can be, or one that cannot be. */
static void spawn_falls_back_with_high_numbers(void) {
    const struct rlimit limit = {512, 512};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    slots_reserve(true);
    while (slot_place(1, 0) >= 0) {
    }
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int source = builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, 1);
        builder_map(&b, source, 511);
        builder_add_action(&b, REQUEST_CLOSE_RANGE, 512, -1);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(exit_code(&b), 7);
        discard(&b);

        b = begin(strategy);
        source = builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, 1);
        builder_map(&b, source, 5);
        builder_add_action(&b, REQUEST_CLOSE_RANGE, INT32_MAX, -1);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(exit_code(&b), 7);
        discard(&b);
    }
}

int main(void) {
    RUN_BOTH(spawn_gives_child_its_descriptors_only);
    RUN_BOTH(spawn_inherits_closed_streams_as_closed);
    RUN_BOTH(spawn_hides_reserved_numbers_from_actions);
    RUN_BOTH(spawn_holds_nothing_lent_while_exec_waits);
    RUN(spawn_holds_no_file_of_others_above_many_files);
    RUN(spawn_knows_numbers_below_slots);
    RUN(spawn_accepts_file_in_place_of_placeholder_below_slots);
    RUN_BOTH(spawn_accepts_file_under_reserved_number);
    RUN_BOTH(spawn_inherits_foreign_file_in_place_of_placeholder);
    RUN_BOTH(spawn_falls_back_when_slots_run_out);
    RUN_BOTH(spawn_leaves_turns_and_slots_to_others);
    RUN_BOTH(spawn_falls_back_with_high_numbers);
    return 0;
}
