// SPDX-License-Identifier: Apache-2.0
/* A start through a helper happens once or not at all, as the request says, and leaves nothing. */
#include "warm_cases.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

static const char *const DESCRIPTORS[] = {NATIVE_BIN "/descriptors", NULL};

static int count_mappings(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    int lines = 0;
    CHECK(maps);
    for (int c; (c = getc(maps)) != EOF;) {
        lines += c == '\n';
    }
    fclose(maps);
    return lines;
}

static void starts_leave_nothing(void) {
    warm_free(make(ECHO_HI)); /* opens what stays open */
    int open_before = check_count_open();
    int mappings_before = count_mappings();
    struct warm_helper *helper = make(ECHO_HI);
    for (int i = 0; i < 50; i++) {
        char text[16];
        struct builder b = request_printing(ECHO_HI);
        if (i % 3 == 0) {
            CHECK(warm_park(helper, 2) >= 2);
        }
        start(helper, &b);
        await_output(&b, text, sizeof text);
        check_text(text, "hi\n");
        request_discard(&b);
    }
    warm_free(helper);
    check_no_child();
    CHECK_EQUAL(check_count_open(), open_before);
    CHECK_EQUAL(count_mappings(), mappings_before);
}

/* The child is ours: its parent, and its exit status. */
static void child_is_our_own(void) {
    static const char *const parent[] = {"/bin/sh", "-c", "echo $PPID; exit 0", NULL};
    struct warm_helper *helper = make(parent);
    for (int i = 0; i < 2; i++) {
        char text[32];
        char expected[32];
        struct builder b = request_printing(parent);
        start(helper, &b);
        await_output(&b, text, sizeof text);
        snprintf(expected, sizeof expected, "%d\n", (int)getpid());
        check_text(text, expected);
        request_discard(&b);
    }
    warm_free(helper);
}

/* What fails in the child is told as by a cold start, and the child is reaped. */
static void failure_is_told(void) {
    struct warm_helper *helper = make(TRUE);
    int before = check_count_open();
    struct builder b = request_begin();
    int result;
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_add_action(&b, REQUEST_CHDIR, 0, 0)->text = builder_text(&b, "/no/such/directory");
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, TRUE, SHORT_ENVIRONMENT);
    CHECK_EQUAL(warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result), WARM_STARTED);
    CHECK_EQUAL(result, -ENOENT);
    CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_ACTION);
    CHECK_EQUAL(builder_header(&b)->index, 1);
    CHECK_EQUAL(builder_header(&b)->error, ENOENT);
    CHECK_EQUAL(builder_header(&b)->pid, -1);
    CHECK_EQUAL(builder_source(&b, 0)->peer, -1);
    CHECK_EQUAL(check_count_open(), before);
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* A request for where the child is and what it reads, with a directory and files to be opened. */
static struct builder request_opening(const char *directory, const char *file) {
    static const char *const argv[] = {"/bin/sh", "-c", "pwd; read line; echo $line; umask", NULL};
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    struct action *action = builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 0);
    action->text = builder_text(&b, file);
    action->flags = O_RDONLY;
    builder_add_action(&b, REQUEST_CHDIR, 0, 0)->text = builder_text(&b, directory);
    action = builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 2);
    action->text = builder_text(&b, path_of("errors"));
    action->flags = O_WRONLY | O_CREAT | O_TRUNC;
    action->mode = 0600;
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, argv, SHORT_ENVIRONMENT);
    return b;
}

/* Whether a child waits or not, files and directories are opened, and what cannot be is told. */
static void files_and_directories_are_opened(void) {
    static const char *const sh[] = {"/bin/sh", NULL};
    struct warm_helper *helper = make(sh);
    int before = check_count_open();
    for (int i = 0; i < 4; i++) {
        char text[128];
        int result;
        if (i % 2 == 0) {
            CHECK(warm_park(helper, 1) >= 1);
        }
        struct builder b = request_opening("/usr", "/dev/null");
        start(helper, &b);
        await_output(&b, text, sizeof text);
        check_text(text, "/usr\n\n0022\n");
        request_discard(&b);

        if (i % 2 == 0) {
            CHECK(warm_park(helper, 1) >= 1);
        }
        b = request_opening("/no/such/directory", "/dev/null");
        CHECK_EQUAL(warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result), WARM_STARTED);
        CHECK_EQUAL(result, -ENOENT);
        CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_ACTION);
        CHECK_EQUAL(builder_header(&b)->index, 2);
        CHECK_EQUAL(builder_source(&b, 0)->peer, -1);
        request_discard(&b);

        b = request_opening("/usr", "/no/such/file");
        CHECK_EQUAL(warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result), WARM_STARTED);
        CHECK_EQUAL(result, -ENOENT);
        CHECK_EQUAL(builder_header(&b)->index, 1);
        request_discard(&b);
        CHECK_EQUAL(check_count_open(), before);
    }
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    warm_free(helper);
    unlink(path_of("errors"));
    check_no_child();
}

static void set_streams(unsigned closed) {
    for (int fd = 0; fd < 3; fd++) {
        if (closed >> fd & 1) {
            close(fd);
        }
    }
}

/* The child's descriptors are those of a cold one, whatever we have open or closed ourselves. */
static void descriptors_are_those_of_a_cold_start(void) {
    for (unsigned closed = 0; closed < 8; closed++) {
        if (!check_in_child()) {
            continue;
        }
        set_streams(closed);
        slots_reserve(true);
        struct warm_helper *helper = make(DESCRIPTORS);
        char texts[2][256];
        for (int warm = 0; warm < 2; warm++) {
            static const char *const argv[] = {NATIVE_BIN "/descriptors", "/proc/self/fd/30", NULL};
            struct builder b = request_begin();
            int pipe = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
            builder_map(&b, pipe, 30); /* among the numbers that descriptors arrive at */
            for (int fd = 0; fd < 3; fd++) {
                builder_add_action(&b, REQUEST_INHERIT, fd, 0);
            }
            builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 28)->text = builder_text(&b, "/");
            builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, 27);
            builder_add_action(&b, REQUEST_CLOSE_RANGE, 29, 29);
            builder_add_action(&b, REQUEST_CLOSE_RANGE, 31, -1);
            builder_end_with(&b, argv, SHORT_ENVIRONMENT);
            if (warm) {
                start(helper, &b);
            } else {
                CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
            }
            await_output(&b, texts[warm], sizeof texts[warm]);
            request_discard(&b);
        }
        check_text(texts[1], texts[0]);
        warm_free(helper);
        exit(0);
    }
}

/* Sessions and groups are the child's own, as it asks for. */
static void attributes_are_applied(void) {
    static const uint32_t types[] = {REQUEST_SESSION, REQUEST_PROCESS_GROUP};
    static const char *const stat[] = {"/bin/cat", "/proc/self/stat", NULL};
    struct warm_helper *helper = make(stat);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char text[1024];
        int group;
        int session;
        struct builder b = request_begin();
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
        builder_add_attribute(&b, types[i], 0);
        builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
        builder_end_with(&b, stat, SHORT_ENVIRONMENT);
        start(helper, &b);
        int pid = builder_header(&b)->pid;
        await_output(&b, text, sizeof text);
        CHECK_EQUAL(sscanf(strrchr(text, ')') + 4, "%*d %d %d", &group, &session), 2);
        CHECK_EQUAL(group, pid);
        CHECK_EQUAL(session, types[i] == REQUEST_SESSION ? pid : getsid(0));
        request_discard(&b);
    }
    warm_free(helper);
}

static void pipes_lead_both_ways(void) {
    static const char *const cat[] = {"/bin/cat", NULL};
    struct warm_helper *helper = make(cat);
    for (int i = 0; i < 2; i++) {
        char text[16];
        struct builder b = request_begin();
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        int in = builder_add_source(&b, REQUEST_SOURCE_PIPE_TO_CHILD, -1);
        builder_map(&b, out, 1);
        builder_map(&b, in, 0);
        builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
        builder_end_with(&b, cat, SHORT_ENVIRONMENT);
        start(helper, &b);
        int to_child = builder_source(&b, (uint32_t)in)->peer;
        CHECK_EQUAL(write(to_child, "hello", 5), 5);
        close(to_child);
        await_output(&b, text, sizeof text);
        check_text(text, "hello");
        request_discard(&b);
    }
    warm_free(helper);
}

static char many[60000];

/* As long as it fits into a message. */
static void long_arguments_arrive(void) {
    const char *argv[4002] = {"/usr/bin/printf", "%s.\n"};
    char *text = malloc(200000);
    memset(many, 'x', sizeof many - 1);
    argv[2] = many;
    for (int i = 3; i < 4001; i++) {
        argv[i] = "ab cd";
    }
    struct warm_helper *helper = make(argv);
    for (int i = 0; i < 2; i++) {
        struct builder b = request_printing(argv);
        start(helper, &b);
        await_output(&b, text, 200000);
        CHECK_EQUAL(strlen(text), sizeof many - 1 + 2 + 3998 * 7);
        request_discard(&b);
    }
    free(text);
    warm_free(helper);
}

static void what_is_too_long_starts_cold(void) {
    const char *argv[30002] = {"/bin/echo"};
    for (int i = 1; i < 30001; i++) {
        argv[i] = "abcdefg";
    }
    struct warm_helper *helper = make(ECHO_HI);
    struct builder b = request_printing(argv);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_TOO_BIG);
    request_discard(&b);
    warm_free(helper);
}

/* A helper that cannot clone says so, and the start can be made cold. */
static void helper_without_room_for_a_child_refuses(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(setgid(54321), 0);
    CHECK_EQUAL(setuid(54321), 0);
    struct warm_helper *helper = make(ECHO_HI);
    use_up_waiting(helper, ECHO_HI);
    const struct rlimit one = {1, 1};
    CHECK_EQUAL(prlimit(warm_pid(helper), RLIMIT_NPROC, &one, NULL), 0);
    struct builder b = request_printing(ECHO_HI);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_OTHER_LIMITS);
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* What it was sent it closes, also where it has not room for all of it. */
static void helper_that_refuses_keeps_nothing(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    int ends[2];
    CHECK_EQUAL(setgid(54321), 0);
    CHECK_EQUAL(setuid(54321), 0);
    struct warm_helper *helper = make(ECHO_HI);
    use_up_waiting(helper, ECHO_HI);
    const struct rlimit one = {1, 1};
    const struct rlimit few = {30, 30}; /* two more than it has */
    CHECK_EQUAL(prlimit(warm_pid(helper), RLIMIT_NPROC, &one, NULL), 0);
    CHECK_EQUAL(prlimit(warm_pid(helper), RLIMIT_NOFILE, &few, NULL), 0);
    CHECK_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    struct builder b = request_begin();
    for (int fd = 0; fd < 3; fd++) {
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, ends[1]), fd);
    }
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_OTHER_LIMITS);
    close(ends[1]);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    CHECK_EQUAL(poll(&end, 1, DEADLINE_MS), 1); /* nobody has the other end any more */
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* A number that our limit has come down to since is told as by a cold start, though a child waits.
 */
static void number_above_the_limit_is_no_silent_end(void) {
    struct warm_helper *helper = make(ECHO_HI);
    struct rlimit usual;
    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &usual), 0);
    const struct rlimit few = {58, usual.rlim_max};
    CHECK(waiting_child(helper) > 0);
    CHECK(check_count_open() < 50);
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 60);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, 59);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 61, -1);
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &few), 0);
    CHECK_EQUAL(try_to_start(helper, &b, DEADLINE_MS), WARM_OTHER_LIMITS);
    CHECK_EQUAL(spawn(b.memory, b.capacity), -EBADF);
    CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_ACTION);
    CHECK_EQUAL(builder_header(&b)->index, 0);
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &usual), 0);
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* A copy of a stream that the child has by then cannot fail: stderr that goes where stdout goes. */
static void merged_streams_are_not_waited_for(void) {
    struct warm_helper *helper = make(ECHO_HI);
    pid_t child = waiting_child(helper);
    char text[16];
    kill(child, SIGSTOP);
    await_stop(child);
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_add_action(&b, REQUEST_DUP2, 1, 2);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_to_start(helper, &b, 50), WARM_STARTED);
    CHECK_EQUAL(builder_header(&b)->pid, child);
    kill(child, SIGCONT);
    await_output(&b, text, sizeof text);
    check_text(text, "hi\n");
    request_discard(&b);
    warm_free(helper);
    check_no_child();
}

/* A child that is killed while it takes its actions has ended as a program that was killed. */
static void child_killed_on_the_way_is_a_killed_process(void) {
    const char *fifo = path_of("fifo");
    unlink(fifo);
    CHECK_EQUAL(mkfifo(fifo, 0600), 0);
    struct warm_helper *helper = make(TRUE);
    pid_t child = waiting_child(helper);
    pid_t killer = fork();
    if (killer == 0) {
        /* Once the child waits for the FIFO's other end it has no socket of the helper's any more.
         */
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)child, 4);
        while (access(path, F_OK) == 0) {
            sched_yield();
        }
        kill(child, SIGKILL);
        _exit(0);
    }
    struct builder b = request_begin();
    builder_add_attribute(&b, REQUEST_PROCESS_GROUP, 0); /* so that the child opens it */
    struct action *action = builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 0);
    action->text = builder_text(&b, fifo);
    action->flags = O_RDONLY;
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, TRUE, SHORT_ENVIRONMENT);
    start(helper, &b);
    int status = await_exit(&b);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK_EQUAL(waitpid(killer, NULL, 0), killer);
    request_discard(&b);
    warm_free(helper);
    unlink(fifo);
    check_no_child();
}

static void helper_and_waiting_children_bear_a_title(void) {
    struct warm_helper *helper = make(ECHO_HI);
    const pid_t pids[] = {warm_pid(helper), waiting_child(helper)};
    for (int i = 0; i < 2; i++) {
        char text[256];
        snprintf(text, sizeof text, "/proc/%d/cmdline", (int)pids[i]);
        int fd = open(text, O_RDONLY | O_CLOEXEC);
        CHECK(fd >= 0);
        CHECK(read(fd, text, sizeof text) > 0);
        close(fd);
        check_text(text, "spawn4j-warm: /bin/echo");
    }
    warm_free(helper);
}

struct slice {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime; /* the time slice, from Linux 6.12 on */
    uint64_t others[2];
};

static uint64_t slice_of(pid_t pid) {
    struct slice slice = {.size = sizeof slice};
    CHECK_EQUAL(syscall(SYS_sched_getattr, pid, &slice, sizeof slice, 0), 0);
    return slice.runtime;
}

/* The helper has its turn soon, but its children have the same as others. */
static void helper_has_a_short_slice_and_children_the_usual_one(void) {
    struct warm_helper *helper = make(ECHO_HI);
    uint64_t usual = slice_of(0);
    CHECK(slice_of(warm_pid(helper)) < usual || usual == 0);
    use_up_waiting(helper, ECHO_HI);
    CHECK_EQUAL(warm_park(helper, 1), 1);
    CHECK_EQUAL(slice_of(waiting_child(helper)), usual);
    warm_free(helper);
}

/* When we end, helper and waiting children do. */
static void nothing_outlives_us(void) {
    CHECK_EQUAL(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid_t owner = fork();
    CHECK(owner >= 0);
    if (owner == 0) {
        CHECK(warm_park(make(ECHO_HI), 5) >= 5);
        kill(getpid(), SIGKILL);
    }
    int count = 0;
    while (waitpid(-1, NULL, __WALL) > 0) {
        count++; /* the alarm ends us if one of them lives on */
    }
    CHECK(count >= 2);
}

#define THREADS 4
#define STARTS_EACH 40

static struct warm_helper *shared_helper;

static void *start_many(void *unused) {
    (void)unused;
    for (int i = 0; i < STARTS_EACH; i++) {
        char text[16];
        char expected[16];
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        snprintf(expected, sizeof expected, "%d\n", i);
        const char *const argv[] = {"/bin/echo", number, NULL};
        struct builder b = request_printing(argv);
        start(shared_helper, &b);
        if (i % 7 == 0) {
            warm_park(shared_helper, 4);
        }
        await_output(&b, text, sizeof text);
        check_text(text, expected);
        request_discard(&b);
    }
    return NULL;
}

static void *make_many(void *unused) {
    (void)unused;
    for (int i = 0; i < 10; i++) {
        char text[16];
        struct warm_helper *helper = make(ECHO_HI);
        struct builder b = request_printing(ECHO_HI);
        start(helper, &b);
        await_output(&b, text, sizeof text);
        check_text(text, "hi\n");
        request_discard(&b);
        warm_free(helper);
    }
    return NULL;
}

static void several_threads_can_make(void) {
    pthread_t threads[THREADS];
    warm_free(make(ECHO_HI)); /* opens what stays open */
    int before = check_count_open();
    for (int i = 0; i < THREADS; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, make_many, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_EQUAL(check_count_open(), before);
    check_no_child();
}

static void several_threads_can_start(void) {
    pthread_t threads[THREADS];
    shared_helper = make(ECHO_HI);
    for (int i = 0; i < THREADS; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, start_many, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_EQUAL(warm_look(shared_helper), WARM_STARTED);
    warm_free(shared_helper);
    check_no_child();
}

/* Functions are looked up ahead, but only those of the program: what it opens itself it opens as it
 * says. */
static void what_is_opened_later_is_linked_lazily(void) {
    static const char *const lazy[] = {NATIVE_BIN "/lazy", NATIVE_BIN "/lacking.so", NULL};
    struct warm_helper *helper = make(lazy);
    char text[256];
    struct builder b = request_printing(lazy);
    snprintf(text, sizeof text, "/proc/%d/environ", warm_pid(helper));
    int fd = open(text, O_RDONLY | O_CLOEXEC);
    CHECK(read(fd, text, sizeof text) > 0);
    close(fd);
    check_text(text, "LD_BIND_NOW=1");
    start(helper, &b);
    await_output(&b, text, sizeof text);
    request_discard(&b);
    warm_free(helper);
}

/* A function that is never called need not be there. */
static void program_that_lacks_a_function_is_linked_lazily(void) {
    static const char *const lacks[] = {NATIVE_BIN "/lacks", NULL};
    struct warm_helper *helper = make(lacks);
    struct builder b = request_printing(lacks);
    char text[16];
    start(helper, &b);
    await_output(&b, text, sizeof text);
    request_discard(&b);
    warm_free(helper);
}

#define SIBLINGS 4
#define SECRETS 4

/* The line, counted from 0, without its end. */
static void copy_line(const char *text, int line, char *copy, size_t size) {
    for (; line > 0; line--) {
        text += strcspn(text, "\n") + 1;
    }
    snprintf(copy, size, "%.*s", (int)strcspn(text, "\n"), text);
}

/* Siblings share most addresses, but no secret: AT_RANDOM and with it the guards. The places of the
 * heap and of the stack are drawn from so few, as the kernel's are, that two siblings may have the
 * same; not all of them. */
static void siblings_have_secrets_of_their_own(void) {
    static const char *const secrets[] = {NATIVE_BIN "/secrets", NULL};
    struct warm_helper *helper = make(secrets);
    char lines[SECRETS][SIBLINGS][64];
    for (int i = 0; i < SIBLINGS; i++) {
        char text[256];
        struct builder b = request_printing(secrets);
        start(helper, &b);
        await_output(&b, text, sizeof text);
        request_discard(&b);
        for (int line = 0; line < SECRETS; line++) {
            copy_line(text, line, lines[line][i], sizeof lines[line][i]);
            CHECK(*lines[line][i]);
        }
    }
    for (int line = 0; line < SECRETS; line++) {
        int same = 0;
        for (int i = 0; i < SIBLINGS; i++) {
            for (int j = 0; j < i; j++) {
                same += strcmp(lines[line][i], lines[line][j]) == 0;
            }
        }
        bool is_place = line == 1 || line == 2;
        CHECK(same == 0 || (is_place && same < SIBLINGS * (SIBLINGS - 1) / 2));
    }
    warm_free(helper);
}

int main(void) {
    RUN(starts_leave_nothing);
    RUN(child_is_our_own);
    RUN(failure_is_told);
    RUN(files_and_directories_are_opened);
    RUN(descriptors_are_those_of_a_cold_start);
    RUN(attributes_are_applied);
    RUN(pipes_lead_both_ways);
    RUN(long_arguments_arrive);
    RUN(what_is_too_long_starts_cold);
    RUN(helper_without_room_for_a_child_refuses);
    RUN(helper_that_refuses_keeps_nothing);
    RUN(number_above_the_limit_is_no_silent_end);
    RUN(merged_streams_are_not_waited_for);
    RUN(child_killed_on_the_way_is_a_killed_process);
    RUN(helper_and_waiting_children_bear_a_title);
    RUN(helper_has_a_short_slice_and_children_the_usual_one);
    RUN(nothing_outlives_us);
    RUN(several_threads_can_make);
    RUN(several_threads_can_start);
    RUN(what_is_opened_later_is_linked_lazily);
    RUN(program_that_lacks_a_function_is_linked_lazily);
    RUN(siblings_have_secrets_of_their_own);
    return 0;
}
