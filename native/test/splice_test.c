// SPDX-License-Identifier: Apache-2.0
/* Moving a pipe's content into a file. */
#include "io.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int pipe_ends[2];

/* A file that has no name any more. */
static int open_file(int flags) {
    char path[] = "/tmp/spawn4j-io_test-XXXXXX";
    int made = mkstemp(path);
    CHECK(made >= 0);
    close(made);
    int file = open(path, flags);
    CHECK(file >= 0);
    unlink(path);
    return file;
}

static void make_pipe(const char *content) {
    CHECK_EQUAL(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK), 0);
    CHECK_EQUAL(write(pipe_ends[1], content, strlen(content)), strlen(content));
}

static void check_content(int file, const char *expected) {
    char content[64] = {0};
    CHECK_EQUAL(pread(file, content, sizeof content, 0), strlen(expected));
    CHECK_EQUAL(strcmp(content, expected), 0);
}

/* At the position, which is behind the bytes afterwards. */
static void io_splice_moves_all_to_the_position(void) {
    int file = open_file(O_RDWR);
    CHECK_EQUAL(write(file, "1234567", 7), 7);
    CHECK_EQUAL(lseek(file, 2, SEEK_SET), 2);
    make_pipe("abc");
    CHECK_EQUAL(io_splice(pipe_ends[0], file), 3);
    CHECK_EQUAL(lseek(file, 0, SEEK_CUR), 5);
    check_content(file, "12abc67");
}

/* An empty pipe and one that is at its end are told apart, and neither moves the position. */
static void io_splice_tells_the_end(void) {
    int file = open_file(O_RDWR);
    make_pipe("");
    CHECK_EQUAL(io_splice(pipe_ends[0], file), -EAGAIN);
    close(pipe_ends[1]);
    CHECK_EQUAL(io_splice(pipe_ends[0], file), 0);
    CHECK_EQUAL(lseek(file, 0, SEEK_CUR), 0);
}

/* A wide pipe is moved piece by piece, so that the child can write meanwhile. */
static void io_splice_leaves_room_in_a_wide_pipe(void) {
    enum { PIECE = 65536, PIECES = 3 };
    static char written[PIECES * PIECE];
    static char moved[PIECES * PIECE];
    for (size_t i = 0; i < sizeof written; i++) {
        written[i] = (char)(i % 251);
    }
    int file = open_file(O_RDWR);
    make_pipe("");
    io_widen(pipe_ends[0]);
    CHECK_EQUAL(write(pipe_ends[1], written, sizeof written), sizeof written);
    for (int i = 0; i < PIECES; i++) {
        CHECK_EQUAL(io_splice(pipe_ends[0], file), PIECE);
    }
    CHECK_EQUAL(io_splice(pipe_ends[0], file), -EAGAIN);
    CHECK_EQUAL(pread(file, moved, sizeof moved, 0), sizeof moved);
    CHECK_EQUAL(memcmp(moved, written, sizeof moved), 0);
}

/* What does not fit stays in the pipe, and the position is where the file has ended. */
static void io_splice_stops_at_a_limit(void) {
    int file = open_file(O_RDWR);
    const struct rlimit limit = {.rlim_cur = 4096 + 3, .rlim_max = RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQUAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_EQUAL(lseek(file, 4096, SEEK_SET), 4096);
    make_pipe("abcdef");
    CHECK_EQUAL(io_splice(pipe_ends[0], file), 3);
    CHECK_EQUAL(lseek(file, 0, SEEK_CUR), 4096 + 3);
    CHECK_EQUAL(io_splice(pipe_ends[0], file), -EFBIG);
    CHECK_EQUAL(lseek(file, 0, SEEK_CUR), 4096 + 3);
    CHECK_EQUAL(io_available(pipe_ends[0]), 3);
}

/* A descriptor that has been closed is an error like others. */
static void io_splice_reports_a_closed_file(void) {
    make_pipe("abc");
    CHECK_EQUAL(io_splice(pipe_ends[0], -1), -EBADF);
    CHECK_EQUAL(io_available(pipe_ends[0]), 3);
}

/* Only regular files, open for writing, not appended to. */
static void io_can_splice_knows_what_cannot(void) {
    CHECK(io_can_splice(open_file(O_RDWR)));
    CHECK(io_can_splice(open_file(O_WRONLY)));
    CHECK(!io_can_splice(open_file(O_WRONLY | O_APPEND)));
    CHECK(!io_can_splice(open("/etc/passwd", O_RDONLY)));
    CHECK(!io_can_splice(open("/dev/null", O_WRONLY)));
    make_pipe("");
    CHECK(!io_can_splice(pipe_ends[1]));
    CHECK(!io_can_splice(-1));
}

int main(void) {
    RUN(io_splice_moves_all_to_the_position);
    RUN(io_splice_tells_the_end);
    RUN(io_splice_leaves_room_in_a_wide_pipe);
    RUN(io_splice_stops_at_a_limit);
    RUN(io_splice_reports_a_closed_file);
    RUN(io_can_splice_knows_what_cannot);
    return 0;
}
