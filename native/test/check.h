// SPDX-License-Identifier: Apache-2.0
/* The few words that the C tests are written in. A failed check ends the test program. */
#ifndef SPAWN4J_CHECK_H
#define SPAWN4J_CHECK_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__, #condition);  \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define CHECK_EQUAL(actual, expected)                                                              \
    do {                                                                                           \
        long long actual_ = (long long)(actual);                                                   \
        long long expected_ = (long long)(expected);                                               \
        if (actual_ != expected_) {                                                                \
            fprintf(stderr, "%s:%d: %s: %s is %lld, not %lld (%s)\n", __FILE__, __LINE__,          \
                    __func__, #actual, actual_, expected_, #expected);                             \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* For how long a case may run, however busy the machine is. An emulated one needs more. */
static inline unsigned check_limit_s(void) {
    const char *told = getenv("SPAWN4J_TEST_LIMIT_S");
    return told ? (unsigned)atoi(told) : 180;
}

/* Runs a case in a process of its own: the library's state is per process, and a case may wreck it.
 */
#define RUN(test) check_run(test, #test)

static inline void check_run(void (*test)(void), const char *name) {
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(check_limit_s());
        test();
        exit(0);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    if (status != 0) {
        fprintf(stderr, "failed: %s (wait status 0x%x)\n", name, (unsigned)status);
        exit(1);
    }
    printf("%s\n", name);
}

/* Opens all numbers below `end`, as an application that has many files open. */
static inline void check_open_below(int end) {
    while (open("/etc/hostname", O_RDONLY | O_CLOEXEC) < end - 1) {
    }
}

static void (*check_late)(void);

static inline void check_run_late(void) {
    check_open_below(100);
    check_late();
}

/* Runs a case twice: as it is, and where many files are open when it begins, so that the slots lie
 * above those. */
#define RUN_BOTH(test)                                                                             \
    do {                                                                                           \
        RUN(test);                                                                                 \
        check_late = test;                                                                         \
        check_run(check_run_late, #test " above many files");                                      \
    } while (0)

/* Forks for one turn of a loop, and returns whether this is the child, which is to end in that
 * turn. Our process waits until the child has succeeded. */
static inline bool check_in_child(void) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        return true;
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    CHECK_EQUAL(status, 0);
    return false;
}

/* How many descriptors this process has open. */
static inline int check_count_open(void) {
    DIR *directory = opendir("/proc/self/fd");
    CHECK(directory);
    int count = -3; /* ".", ".." and the directory's own */
    while (readdir(directory)) {
        count++;
    }
    closedir(directory);
    return count;
}

/* Whether fcntl(2) tells duplicates; before Linux 6.10 it does not, and no program keeps its slot.
 */
static inline bool check_duplicates_are_told(void) {
    if (fcntl(0, 1027 /* F_DUPFD_QUERY */, 0) == 1) {
        return true;
    }
    puts("skipped: before Linux 6.10 no program keeps its slot");
    return false;
}

/* No child is left, neither running nor as a zombie. */
static inline void check_no_child(void) { CHECK_EQUAL(waitpid(-1, NULL, WNOHANG | __WALL), -1); }

#endif
