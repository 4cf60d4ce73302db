// SPDX-License-Identifier: Apache-2.0
/* Programs in a folder of the test's own, refusals of helpers, and a filter. */
#ifndef SPAWN4J_WARM_FOLDER_H
#define SPAWN4J_WARM_FOLDER_H

#include "filter.h"
#include "warm_requests.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static const char *const TRUE[] = {"/bin/true", NULL};
static const char *const ECHO_HI[] = {"/bin/echo", "hi", NULL};

static char folder[] = "/tmp/s4j-warm-XXXXXX";

/* The path of a file in our folder. */
static inline const char *path_of(const char *name) {
    static char path[4][128];
    static int next;
    char *result = path[next++ % 4];
    snprintf(result, sizeof path[0], "%s/%s", folder, name);
    return result;
}

static inline void write_file(const char *path, const void *bytes, size_t size, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    CHECK(fd >= 0);
    CHECK_EQUAL(write(fd, bytes, size), size);
    CHECK_EQUAL(fchmod(fd, mode), 0);
    close(fd);
}

static inline void copy_file(const char *from, const char *to, mode_t mode) {
    static char bytes[4 * 1024 * 1024];
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    long size = read(fd, bytes, sizeof bytes);
    CHECK(size > 0);
    close(fd);
    write_file(to, bytes, (size_t)size, mode);
}

static inline void check_refused(const char *path, enum warm_reason expected) {
    const char *const argv[] = {path, NULL};
    struct warm_helper *helper;
    int before = check_count_open();
    CHECK_EQUAL(try_to_make(argv, &helper), expected);
    CHECK(!helper);
    CHECK_EQUAL(check_count_open(), before);
    check_no_child();
}

static inline void remove_folder(void) {
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK_EQUAL(system(command), 0);
}

#endif
