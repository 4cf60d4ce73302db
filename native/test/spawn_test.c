// SPDX-License-Identifier: Apache-2.0
/* spawn() on blocks made by hand, with every strategy. */
#include "spawn.h"

#include "block.h"
#include "builder.h"
#include "check.h"
#include "identity.h"
#include "probe.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#define CAPACITY ((size_t)16384)
#define STRATEGIES 4

static const char *const EXIT_7[] = {"/bin/sh", "-c", "exit 7", NULL};
static const char *const DESCRIPTORS[] = {NATIVE_BIN "/descriptors", NULL};

static const char *self;

static struct builder begin(uint32_t strategy) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = strategy;
    return b;
}

static void discard(struct builder *b) { block_free(b->memory, b->capacity); }

/* As RequestEncoder ends every request: nothing above `last` stays open. */
static void close_above(struct builder *b, int last) {
    builder_add_action(b, REQUEST_CLOSE_RANGE, last + 1, -1);
}

static int run(struct builder *b, const char *const argv[]) {
    builder_end(b, argv);
    return spawn(b->memory, b->capacity);
}

/* Waits for the child of a request that has succeeded; its exit code. */
static int exit_code(const struct builder *b) {
    int status;
    CHECK(builder_header(b)->pid > 0);
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &status, 0), builder_header(b)->pid);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(close(builder_header(b)->pidfd), 0);
    return WEXITSTATUS(status);
}

/* All that comes out of a pipe, which is then closed. */
static void read_all(int fd, char *text, size_t capacity) {
    size_t length = 0;
    CHECK_EQUAL(fcntl(fd, F_SETFL, 0), 0);
    long size;
    while ((size = read(fd, text + length, capacity - 1 - length)) > 0) {
        length += (size_t)size;
    }
    CHECK_EQUAL(size, 0);
    text[length] = 0;
    close(fd);
}

static void check_text(const char *actual, const char *expected) {
    if (strcmp(actual, expected) != 0) {
        fprintf(stderr, "\"%s\", not \"%s\"\n", actual, expected);
        exit(1);
    }
}

/* With argv for a program that prints to its standard output: what it prints. */
static void output_of(struct builder *b, const char *const argv[], char *text, size_t capacity) {
    int source = builder_add_source(b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
    builder_map(b, source, 1);
    CHECK_EQUAL(run(b, argv), 0);
    read_all(builder_source(b, (uint32_t)source)->peer, text, capacity);
    CHECK_EQUAL(exit_code(b), 0);
}

/* Expects a failure that is told as `step`, `index` and `error` (which POSIX_SPAWN cannot tell
 * apart) and leaves nothing. */
static void check_failure(struct builder *b, const char *const argv[], int step, int index,
                          int error) {
    int before = check_count_open();
    signal_set mask_before;
    signal_set mask_after;
    sys_call(SYS_rt_sigprocmask, SIG_SETMASK, 0, (long)&mask_before, sizeof mask_before, 0, 0);
    const struct request_header *header = builder_header(b);
    CHECK_EQUAL(run(b, argv), -error);
    if (step == REQUEST_STEP_ACTION || step == REQUEST_STEP_EXEC) {
        bool posix = header->strategy == REQUEST_STRATEGY_POSIX_SPAWN;
        CHECK_EQUAL(header->step, posix ? REQUEST_STEP_POSIX_SPAWN : step);
        CHECK_EQUAL(header->index, posix ? REQUEST_NO_INDEX : index);
    } else {
        CHECK_EQUAL(header->step, step);
        CHECK_EQUAL(header->index, index);
    }
    CHECK_EQUAL(header->error, error);
    CHECK_EQUAL(header->pid, -1);
    CHECK_EQUAL(header->pidfd, -1);
    check_no_child();
    CHECK_EQUAL(check_count_open(), before);
    sys_call(SYS_rt_sigprocmask, SIG_SETMASK, 0, (long)&mask_after, sizeof mask_after, 0, 0);
    CHECK_EQUAL(mask_after, mask_before);
}

#define FOR_EACH_STRATEGY(s) for (uint32_t s = 0; s < STRATEGIES; s++)

/* The program runs, and its exit code is its own. */
static void spawn_starts_program(void) {
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_NONE);
        CHECK_EQUAL(exit_code(&b), 7);
        discard(&b);
    }
}

/* Arguments and environment arrive, and nothing else does. */
static void spawn_passes_arguments_and_environment(void) {
    const char *const argv[] = {"/bin/sh", "-c", "echo \"$0|$1|$2|$A\"", "", "two words", "", NULL};
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        char text[256];
        output_of(&b, argv, text, sizeof text);
        check_text(text, "|two words||b\n");
        discard(&b);
    }
}

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

/* A pipe to the child ends when we close our end. */
static void spawn_makes_pipe_to_child(void) {
    const char *const argv[] = {"/bin/cat", NULL};
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int in = builder_add_source(&b, REQUEST_SOURCE_PIPE_TO_CHILD, -1);
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        builder_map(&b, in, 0);
        builder_map(&b, out, 1);
        CHECK_EQUAL(run(&b, argv), 0);
        int to_child = builder_source(&b, (uint32_t)in)->peer;
        CHECK_EQUAL(fcntl(to_child, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
        CHECK_EQUAL(write(to_child, "hello", 5), 5);
        close(to_child);
        char text[64];
        read_all(builder_source(&b, (uint32_t)out)->peer, text, sizeof text);
        check_text(text, "hello");
        CHECK_EQUAL(exit_code(&b), 0);
        discard(&b);
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
    const struct sock_fprog filter = {sizeof rules / sizeof rules[0], rules};
    CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &filter);
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

static void ignore(int signal) { (void)signal; }

/* Whatever the caller blocks, ignores or handles, the child does not. */
static void spawn_resets_signals(void) {
    const char *const argv[] = {"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, ignore);
    const struct sys_sigaction ignored = {.handler = (uintptr_t)SIG_IGN};
    CHECK_EQUAL(sys_sigaction(32, &ignored, NULL), 0);
    CHECK_EQUAL(sys_sigaction(33, &ignored, NULL), 0);
    signal_set blocked = (1U << (SIGTERM - 1)) | (1U << (SIGUSR1 - 1));
    CHECK_EQUAL(sys_sigmask(&blocked, NULL), 0);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        char text[256];
        output_of(&b, argv, text, sizeof text);
        check_text(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
        discard(&b);
    }
    signal_set after;
    CHECK_EQUAL(sys_sigmask(&blocked, &after), 0);
    CHECK_EQUAL(after, blocked);
}

/* A failed action is told with its place in the request. */
static void spawn_tells_failed_action(void) {
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 6)->text = builder_text(&b, "/no/such");
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 1, ENOENT);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_CHDIR, 0, 0)->text = builder_text(&b, "/etc/passwd");
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 0, ENOTDIR);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        builder_add_action(&b, REQUEST_DUP2, 1, 6);
        builder_add_action(&b, REQUEST_FCHDIR, 1, 0);
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 2, ENOTDIR);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 9999, 5);
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 0, EBADF);
        discard(&b);
    }
}

/* What the child has already made in its table goes with it: here a pipe of each kind. */
static void spawn_closes_pipes_when_action_fails(void) {
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int in = builder_add_source(&b, REQUEST_SOURCE_PIPE_TO_CHILD, -1);
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        builder_map(&b, in, 0);
        builder_map(&b, out, 1);
        builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 6)->text = builder_text(&b, "/no/such");
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 2, ENOENT);
        CHECK_EQUAL(builder_source(&b, (uint32_t)in)->peer, -1);
        CHECK_EQUAL(builder_source(&b, (uint32_t)out)->peer, -1);
        discard(&b);
    }
}

/* A program that cannot be executed is a failure of exec. */
static void spawn_tells_failed_exec(void) {
    const char *const missing[] = {"/no/such/program", NULL};
    const char *const directory[] = {"/etc", NULL};
    const char *const data[] = {"/etc/passwd", NULL};
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        check_failure(&b, missing, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, ENOENT);
        discard(&b);
        b = begin(strategy);
        check_failure(&b, directory, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, EACCES);
        discard(&b);
        b = begin(strategy);
        check_failure(&b, data, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, EACCES);
        discard(&b);
    }
}

/* A file without any magic number is executed by nobody. */
static void spawn_refuses_unknown_format(void) {
    char path[] = "/tmp/spawn_testXXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    CHECK_EQUAL(write(file, "exit 0\n", 7), 7);
    CHECK_EQUAL(fchmod(file, 0700), 0);
    close(file);
    const char *const argv[] = {path, NULL};
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        check_failure(&b, argv, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, ENOEXEC);
        discard(&b);
    }
    unlink(path);
}

/* A source must be open, and our placeholders are nobody's. */
static void spawn_refuses_closed_sources(void) {
    slots_reserve(true);
    int slot = slots_base() + __builtin_ctzll(slots_reserved());
    FOR_EACH_STRATEGY(strategy) {
        const int closed[] = {9999, slot, -1};
        for (int i = 0; i < 3; i++) {
            struct builder b = begin(strategy);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, closed[i]), 1);
            check_failure(&b, EXIT_7, REQUEST_STEP_DESCRIPTOR, closed[i], EBADF);
            discard(&b);
        }
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

/* A changed program is not started. */
static void spawn_checks_identity(void) {
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        for (int changed = 0; changed < 2; changed++) {
            struct builder b = begin(strategy);
            struct identity identity;
            CHECK_EQUAL(identity_read(AT_FDCWD, "/bin/sh", &identity), 0);
            identity.size += (uint64_t)changed;
            b.end = (b.end + 7) & ~7U;
            builder_header(&b)->identity_offset = b.end;
            memcpy(b.memory + b.end, &identity, sizeof identity);
            b.end += (uint32_t)sizeof identity;
            if (changed) {
                check_failure(&b, EXIT_7, REQUEST_STEP_IDENTITY, REQUEST_NO_INDEX, ESTALE);
            } else {
                CHECK_EQUAL(run(&b, EXIT_7), 0);
                CHECK_EQUAL(exit_code(&b), 7);
            }
            discard(&b);
        }
    }
}

/* What is open is executed, whatever the path leads to by now. */
static void spawn_executes_descriptor(void) {
    FOR_EACH_STRATEGY(strategy) {
        if (strategy == REQUEST_STRATEGY_POSIX_SPAWN) {
            continue; /* has no word for it; Java does not ask for it */
        }
        struct builder b = begin(strategy);
        int program = open("/bin/sh", O_PATH | O_CLOEXEC);
        builder_header(&b)->exec_source =
            builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, program);
        const char *const argv[] = {"/no/such/sh", "-c", "exit 9", NULL};
        CHECK_EQUAL(run(&b, argv), 0);
        CHECK_EQUAL(exit_code(&b), 9);
        close(program);
        discard(&b);
    }
}

/* A program that is executed again and again keeps its slot, until it is forgotten. */
static void spawn_executes_kept_descriptor(void) {
    slots_reserve(true);
    slot_null();
    uint64_t available = *slots_use().available;
    int program = fcntl(open("/bin/sh", O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, slots_cut());
    for (int round = 0; round < 3; round++) {
        struct builder b = begin(REQUEST_STRATEGY_CLONE3);
        builder_header(&b)->exec_source =
            builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, program);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 1);
        close_above(&b, 2);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(exit_code(&b), 7);
        CHECK(!(*slots_use().available & *slots_use().kept));
        CHECK_EQUAL(__builtin_popcountll(available & ~*slots_use().available), 1);
        discard(&b);
    }
    slot_forget(program);
    CHECK_EQUAL(*slots_use().available, available);
}

/* Where somebody has closed that slot, and a start has no other number to place a file at than
 * this, it is not left there. */
static void spawn_keeps_no_file_for_program(void) {
    slots_reserve(true);
    int program = fcntl(open("/bin/sh", O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, slots_cut());
    int kept = slot_keep(program, 0);
    while (slot_place(1, 0) >= 0) {
    }
    close(kept);
    int before = check_count_open();
    struct builder b = begin(REQUEST_STRATEGY_CLONE3);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, 0), 1);
    close_above(&b, 2);
    CHECK_EQUAL(run(&b, EXIT_7), 0);
    CHECK_EQUAL(exit_code(&b), 7);
    CHECK_EQUAL(check_count_open(), before);
    discard(&b);
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

/* POSIX_SPAWN refuses what it has no words for, and names it. */
static void spawn_refuses_what_posix_spawn_cannot_say(void) {
    slots_reserve(true);
    for (int which = 0; which < 4; which++) {
        struct builder b = begin(REQUEST_STRATEGY_POSIX_SPAWN);
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        struct action *action = builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 6);
        action->text = builder_text(&b, "/dev/null");
        switch (which) {
        case 0:
            action->value = 8; /* RESOLVE_BENEATH */
            break;
        case 1:
            action->flags = O_CLOEXEC;
            break;
        case 2:
            action->fd = 0;
            break;
        default:
            action->type = REQUEST_CLOSE_RANGE;
            action->fd = 10;
            action->newfd = 100000;
        }
        check_failure(&b, EXIT_7, REQUEST_STEP_REQUEST, 1, ENOTSUP);
        discard(&b);
    }
}

/* Nor has it words for what the kernel does at the birth of a child or at its parent's death. */
static void spawn_refuses_attributes_that_posix_spawn_cannot_express(void) {
    slots_reserve(true);
    const uint32_t types[] = {REQUEST_CGROUP, REQUEST_PARENT_DEATH};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct builder b = begin(REQUEST_STRATEGY_POSIX_SPAWN);
        builder_add_attribute(&b, REQUEST_SESSION, 0);
        builder_add_attribute(&b, types[i], SIGTERM);
        check_failure(&b, EXIT_7, REQUEST_STEP_ATTRIBUTE, 1, ENOTSUP);
        discard(&b);
    }
}

/* A broken block starts nothing. */
static void spawn_refuses_broken_block(void) {
    struct builder b = begin(REQUEST_STRATEGY_CLONE3);
    builder_end(&b, EXIT_7);
    builder_header(&b)->argv_count = 4000;
    CHECK_EQUAL(spawn(b.memory, b.capacity), -EINVAL);
    CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_REQUEST);
    CHECK_EQUAL(builder_header(&b)->error, EINVAL);
    check_no_child();
}

/* Not even a failure is written into memory that cannot hold a header. */
static void spawn_writes_nothing_into_memory_smaller_than_header(void) {
    char memory[REQUEST_HEADER_SIZE] = {0};
    char zeros[REQUEST_HEADER_SIZE] = {0};
    CHECK_EQUAL(spawn(memory, 64), -EINVAL);
    CHECK(memcmp(memory, zeros, sizeof memory) == 0);
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

/* Opens files until there are no more numbers, then frees `spare`. Returns the lowest of them. */
static int fill_table(int spare) {
    int last = -1;
    int fd;
    while ((fd = fcntl(1, F_DUPFD_CLOEXEC, slots_cut())) >= 0) {
        last = fd;
    }
    CHECK_EQUAL(errno, EMFILE);
    for (int i = 0; i < spare; i++) {
        CHECK_EQUAL(close(last - i), 0);
    }
    return last - spare + 1;
}

static void free_table(void) { CHECK_EQUAL(close_range(200, 299, 0), 0); }

/* With any number of descriptors left, a spawn with three pipes works or fails without a trace. */
static void spawn_fails_cleanly_when_descriptors_run_out(void) {
    const struct rlimit limit = {300, 300};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    slots_reserve(true);
    slot_null();
    const signal_set blocked = 1U << (SIGUSR1 - 1);
    CHECK_EQUAL(sys_sigmask(&blocked, NULL), 0);
    FOR_EACH_STRATEGY(strategy) {
        bool works = false;
        for (int spare = 0; spare <= 10; spare++) {
            struct builder b = begin(strategy);
            for (int fd = 0; fd < 3; fd++) {
                builder_map(&b,
                            builder_add_source(&b,
                                               fd == 0 ? REQUEST_SOURCE_PIPE_TO_CHILD
                                                       : REQUEST_SOURCE_PIPE_FROM_CHILD,
                                               -1),
                            fd);
            }
            close_above(&b, 2);
            builder_end(&b, EXIT_7);
            int lowest = fill_table(spare);
            int result = spawn(b.memory, b.capacity);
            signal_set mask;
            CHECK_EQUAL(sys_sigmask(&blocked, &mask), 0);
            CHECK_EQUAL(mask, blocked);
            if (result == 0) {
                works = true;
                CHECK_EQUAL(exit_code(&b), 7);
                for (uint32_t i = 0; i < 3; i++) {
                    CHECK_EQUAL(close(builder_source(&b, i)->peer), 0);
                }
            } else {
                CHECK(!works);
                CHECK_EQUAL(result, -EMFILE);
                CHECK_EQUAL(builder_header(&b)->error, EMFILE);
            }
            check_no_child();
            for (int fd = lowest; fd < lowest + spare; fd++) {
                CHECK_EQUAL(fcntl(fd, F_GETFD), -1);
            }
            free_table();
            discard(&b);
        }
        CHECK(works);
    }
}

static void *spawn_often(void *failures) {
    for (int round = 0; round < 400; round++) {
        char code[16];
        struct builder b = begin((uint32_t)round % STRATEGIES);
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        builder_map(&b, out, 1);
        close_above(&b, 2);
        snprintf(code, sizeof code, "%d", round);
        const char *const argv[] = {"/bin/echo", code, NULL};
        CHECK_EQUAL(run(&b, argv), 0);
        char text[64];
        read_all(builder_source(&b, (uint32_t)out)->peer, text, sizeof text);
        text[strcspn(text, "\n")] = 0;
        if (strcmp(text, code) != 0 || exit_code(&b) != 0) {
            __atomic_fetch_add((int *)failures, 1, __ATOMIC_RELAXED);
        }
        discard(&b);
    }
    return NULL;
}

/* Many threads at once, all strategies: each reads its own child's output, and its end. */
static void spawn_works_on_many_threads(void) {
    slots_reserve(true);
    int before = check_count_open();
    pthread_t threads[6];
    int failures = 0;
    for (int i = 0; i < 6; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, spawn_often, &failures), 0);
    }
    for (int i = 0; i < 6; i++) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    CHECK_EQUAL(failures, 0);
    check_no_child();
    CHECK_EQUAL(check_count_open(), before);
}

/* Runs a case of this program under a filter. */
static void run_under(const char *rules) {
    char command[512];
    snprintf(command, sizeof command, "%s/deny %s -- %s '%s'", NATIVE_BIN, rules, self, rules);
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(1);
    }
}

/* Each call that a filter may refuse has a rung below it. */
static void spawn_steps_down_under_filters(void) {
    const char *const refused[] = {
        "clone3=ENOSYS",
        "clone3=EPERM",
        "clone3=EINVAL",
        "clone3=E2BIG",
        "close_range=EPERM",
        "close_range:2=4=EINVAL", /* CLOSE_RANGE_CLOEXEC, Linux 5.11 */
        "openat2=ENOSYS",
        "faccessat2=ENOSYS",
        "execveat=ENOSYS",
        "clone3=kill",
        "close_range=kill",
        "openat2=kill",
        "close_range=ENOSYS",
        "faccessat2=kill",
        "pidfd_open=EPERM",
        "pidfd_open=ENOSYS",
        "pidfd_open=kill",
        "openat2=EPERM",
        "clone3=EPERM close_range=EPERM openat2=EPERM pidfd_open=EPERM",
        "memfd_create=kill",
        "statx=kill",
        "pidfd_send_signal=kill",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        run_under(refused[i]);
    }
}

/* Without close_range(2) and without /proc, where nothing tells what is open. */
static void spawn_works_without_proc(void) {
    if (unshare(CLONE_NEWNS) != 0) {
        puts("skipped: only root can take /proc away");
        return;
    }
    CHECK_EQUAL(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    CHECK_EQUAL(mount("none", "/proc", "tmpfs", 0, NULL), 0);
    run_under("close_range=ENOSYS");
}

/* A traced child that met a signal before exec would stop for its tracer, who waits for exec. */
static void spawn_traces_while_signals_come(void) {
    signal(SIGWINCH, SIG_IGN);
    CHECK_EQUAL(setpgid(0, 0), 0);
    pid_t pest = fork();
    CHECK(pest >= 0);
    if (pest == 0) {
        /* A deadlock ends with the whole group. */
        for (time_t end = time(NULL) + check_limit_s() / 2; time(NULL) < end;) {
            kill(0, SIGWINCH);
        }
        kill(0, SIGKILL);
    }
    for (int round = 0; round < 300; round++) {
        struct builder b = begin(REQUEST_STRATEGY_CLONE3);
        builder_header(&b)->flags |= REQUEST_FLAG_TRACED;
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        pid_t pid = builder_header(&b)->pid;
        CHECK_EQUAL(kill(pid, SIGKILL), 0);
        CHECK_EQUAL(waitpid(pid, NULL, 0), pid);
        CHECK_EQUAL(close(builder_header(&b)->pidfd), 0);
        discard(&b);
    }
    CHECK_EQUAL(kill(pest, SIGKILL), 0);
    CHECK_EQUAL(waitpid(pest, NULL, 0), pest);
}

static long owner;
static int foreign; /* handlers that a child has run in our memory */

static void count_foreign(int signal) {
    (void)signal;
    if (sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0) != owner) {
        __atomic_fetch_add(&foreign, 1, __ATOMIC_RELAXED);
    }
}

/* However often SIGCHLD comes, its handler runs in us only; also where clone3(2) is refused. */
static void runs_no_handler_in_child(bool clone3_is_refused) {
    owner = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    slots_reserve(true);
    uint64_t capabilities;
    CHECK_EQUAL(probe_capabilities(&capabilities), 0);
    if (clone3_is_refused) {
        struct sock_filter rules[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        const struct sock_fprog filter = {sizeof rules / sizeof rules[0], rules};
        CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        CHECK_EQUAL(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
    }
    CHECK_EQUAL(setpgid(0, 0), 0);
    const struct sigaction handler = {.sa_handler = count_foreign, .sa_flags = SA_RESTART};
    CHECK_EQUAL(sigaction(SIGCHLD, &handler, NULL), 0);
    pid_t pest = fork();
    CHECK(pest >= 0);
    if (pest == 0) {
        signal(SIGCHLD, SIG_IGN);
        for (time_t end = time(NULL) + check_limit_s() / 2; time(NULL) < end;) {
            kill(0, SIGCHLD);
        }
        kill(0, SIGKILL);
    }
    for (int round = 0; round < 300; round++) {
        struct builder b = begin(REQUEST_STRATEGY_CLONE3);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(exit_code(&b), 7);
        discard(&b);
    }
    CHECK_EQUAL(kill(pest, SIGKILL), 0);
    CHECK_EQUAL(waitpid(pest, NULL, 0), pest);
    CHECK_EQUAL(foreign, 0);
}

static void spawn_runs_no_handler_in_child(void) { runs_no_handler_in_child(false); }

static void spawn_runs_no_handler_in_child_of_older_kernels(void) {
    runs_no_handler_in_child(true);
}

/* The case that runs under a filter: an action of each kind that the filters are about. */
static int under_filter(const char *rules) {
    slots_reserve(probe_has(KERNEL_MEMFD_CREATE));
    FOR_EACH_STRATEGY(strategy) {
        bool posix = strategy == REQUEST_STRATEGY_POSIX_SPAWN;
        /* glibc makes its threads and children by clone3(2), and steps down for ENOSYS only. */
        if (posix && strstr(rules, "clone3=") && !strstr(rules, "clone3=ENOSYS")) {
            continue;
        }
        uint64_t missing = 0;
        if (posix && strstr(rules, "pidfd_open=")) {
            missing = KERNEL_PIDFD_OPEN;
        } else if (posix && strstr(rules, "close_range=kill")) {
            missing = KERNEL_CLOSE_RANGE_ANSWERED; /* glibc closes ranges itself */
        } else if (posix && access("/proc/self/fd", F_OK) != 0) {
            missing = KERNEL_CLOSE_RANGE; /* and steps down for any error, to /proc */
        }
        struct builder b = begin(strategy);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
        builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 3)->text = builder_text(&b, "/dev/null");
        close_above(&b, 3);
        if (missing) {
            CHECK_EQUAL(run(&b, EXIT_7), -ENOSYS);
            CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_CAPABILITY);
            CHECK_EQUAL((uint64_t)1 << builder_header(&b)->index, missing);
        } else {
            char text[512];
            output_of(&b, DESCRIPTORS, text, sizeof text);
            check_text(text, "0 1 2 3\n");
        }
        check_no_child();
        discard(&b);
    }
    return 0;
}

int main(int argc, char **argv) {
    self = argv[0];
    if (argc > 1) {
        return under_filter(argv[1]);
    }
    RUN_BOTH(spawn_starts_program);
    RUN_BOTH(spawn_passes_arguments_and_environment);
    RUN_BOTH(spawn_gives_child_its_descriptors_only);
    RUN_BOTH(spawn_inherits_closed_streams_as_closed);
    RUN_BOTH(spawn_hides_reserved_numbers_from_actions);
    RUN_BOTH(spawn_holds_nothing_lent_while_exec_waits);
    RUN(spawn_holds_no_file_of_others_above_many_files);
    RUN(spawn_knows_numbers_below_slots);
    RUN(spawn_accepts_file_in_place_of_placeholder_below_slots);
    RUN_BOTH(spawn_makes_pipe_to_child);
    RUN_BOTH(spawn_resets_signals);
    RUN_BOTH(spawn_tells_failed_action);
    RUN_BOTH(spawn_closes_pipes_when_action_fails);
    RUN_BOTH(spawn_tells_failed_exec);
    RUN(spawn_refuses_unknown_format);
    RUN_BOTH(spawn_refuses_closed_sources);
    RUN_BOTH(spawn_accepts_file_under_reserved_number);
    RUN_BOTH(spawn_checks_identity);
    RUN_BOTH(spawn_executes_descriptor);
    if (check_duplicates_are_told()) {
        RUN_BOTH(spawn_executes_kept_descriptor);
    }
    RUN_BOTH(spawn_keeps_no_file_for_program);
    RUN_BOTH(spawn_inherits_foreign_file_in_place_of_placeholder);
    RUN(spawn_refuses_what_posix_spawn_cannot_say);
    RUN(spawn_refuses_attributes_that_posix_spawn_cannot_express);
    RUN(spawn_refuses_broken_block);
    RUN(spawn_writes_nothing_into_memory_smaller_than_header);
    RUN_BOTH(spawn_falls_back_when_slots_run_out);
    RUN_BOTH(spawn_leaves_turns_and_slots_to_others);
    RUN_BOTH(spawn_falls_back_with_high_numbers);
    RUN(spawn_fails_cleanly_when_descriptors_run_out);
    RUN_BOTH(spawn_works_on_many_threads);
    RUN(spawn_steps_down_under_filters);
    RUN(spawn_works_without_proc);
    RUN(spawn_traces_while_signals_come);
    RUN(spawn_runs_no_handler_in_child);
    RUN(spawn_runs_no_handler_in_child_of_older_kernels);
    return 0;
}
