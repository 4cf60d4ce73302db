// SPDX-License-Identifier: Apache-2.0
/* A pseudo-terminal has two sides, a window, and an end of input. */
#include "pty.h"

#include "check.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>

static int ours;
static int peer;

static void open_pair(void) {
    ours = pty_open();
    CHECK(ours >= 0);
    CHECK_EQUAL(pty_unlock(ours), 0);
    peer = pty_peer(ours);
    CHECK(peer >= 0);
}

static void close_pair(void) {
    close(ours);
    close(peer);
}

/* Changes the mode of the terminal, through the child's side. */
static void change(tcflag_t clear_input, tcflag_t clear_local) {
    struct termios mode;
    CHECK_EQUAL(tcgetattr(peer, &mode), 0);
    mode.c_iflag &= ~clear_input;
    mode.c_lflag &= ~clear_local;
    CHECK_EQUAL(tcsetattr(peer, TCSANOW, &mode), 0);
}

/* Neither side survives an exec; ours does not block, the child's does. */
static void pty_open_sets_flags(void) {
    open_pair();
    CHECK_EQUAL(sys_fcntl(ours, F_GETFD, 0), FD_CLOEXEC);
    CHECK_EQUAL(sys_fcntl(peer, F_GETFD, 0), FD_CLOEXEC);
    CHECK(sys_fcntl(ours, F_GETFL, 0) & O_NONBLOCK);
    CHECK(!(sys_fcntl(peer, F_GETFL, 0) & O_NONBLOCK));
    CHECK_EQUAL(isatty(peer), 1);
    close_pair();
}

/* Otherwise Backspace leaves half a character behind. */
static void pty_open_edits_utf8(void) {
    open_pair();
    struct termios mode;
    CHECK_EQUAL(tcgetattr(peer, &mode), 0);
    CHECK(mode.c_iflag & IUTF8);
    CHECK(mode.c_iflag & ICRNL); /* the rest is as it was */
    close_pair();
}

/* Who leads a session without a terminal does not get this one. */
static void pty_peer_takes_no_controlling_terminal(void) {
    setsid(); /* fails if we lead one already, which is as good */
    open_pair();
    CHECK_EQUAL(open("/dev/tty", O_RDWR | O_CLOEXEC), -1);
    close_pair();
}

/* A terminal that is still locked has no other side. */
static void pty_peer_fails_while_locked(void) {
    int fd = pty_open();
    CHECK(fd >= 0);
    CHECK_EQUAL(pty_peer(fd), -EIO);
    close(fd);
}

/* What is no terminal is refused by each. */
static void pty_functions_refuse_other_files(void) {
    int fd = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
    unsigned char end[2];
    CHECK_EQUAL(pty_unlock(fd), -ENOTTY);
    CHECK_EQUAL(pty_peer(fd), -ENOTTY);
    CHECK_EQUAL(pty_resize(fd, 1, 1), -ENOTTY);
    CHECK_EQUAL(pty_size(fd), -ENOTTY);
    CHECK_EQUAL(pty_end_of_input(fd, -1, end), -ENOTTY);
    sys_close(fd);
}

/* Both sides see the size, whichever has set it. */
static void pty_size_tells_what_was_set(void) {
    open_pair();
    CHECK_EQUAL(pty_size(ours), 0);
    CHECK_EQUAL(pty_resize(ours, 24, 80), 0);
    CHECK_EQUAL(pty_size(peer), 24 << 16 | 80);
    CHECK_EQUAL(pty_resize(peer, 65535, 65535), 0);
    CHECK_EQUAL(pty_size(ours), 65535L << 16 | 65535);
    close_pair();
}

/* Types `text` and then what ends it, and checks that the reader meets exactly `expected` and then
 * the end. */
static void check_end(const char *text, int count, const char *expected) {
    size_t length = strlen(text);
    unsigned char end[2];
    char line[64];
    size_t read_so_far = 0;
    ssize_t got;
    open_pair();
    CHECK_EQUAL(write(ours, text, length), length);
    CHECK_EQUAL(pty_end_of_input(ours, length ? text[length - 1] : -1, end), count);
    CHECK_EQUAL(write(ours, end, (size_t)count), count);
    while ((got = read(peer, line + read_so_far, sizeof line - read_so_far)) > 0) {
        read_so_far += (size_t)got;
    }
    CHECK_EQUAL(got, 0);
    CHECK_EQUAL(read_so_far, strlen(expected));
    CHECK(memcmp(line, expected, read_so_far) == 0);
    close_pair();
}

/* One character is enough at the start of a line, the first of two ends a line that was begun. */
static void pty_end_of_input_ends_input(void) {
    check_end("", 1, "");
    check_end("line\n", 1, "line\n");
    check_end("line", 2, "line");
    check_end("line\r", 1, "line\n");
}

/* A carriage return is a letter like others where the terminal does not make it a newline. */
static void pty_end_of_input_knows_carriage_return(void) {
    unsigned char end[2];
    open_pair();
    change(ICRNL, 0);
    CHECK_EQUAL(pty_end_of_input(ours, '\r', end), 2);
    close_pair();
}

/* The character is the terminal's, whatever it is. */
static void pty_end_of_input_asks_for_character(void) {
    unsigned char end[2];
    struct termios mode;
    open_pair();
    CHECK_EQUAL(tcgetattr(peer, &mode), 0);
    mode.c_cc[VEOF] = 'x';
    CHECK_EQUAL(tcsetattr(peer, TCSANOW, &mode), 0);
    CHECK_EQUAL(pty_end_of_input(ours, -1, end), 1);
    CHECK_EQUAL(end[0], 'x');
    CHECK_EQUAL(pty_end_of_input(ours, 'x', end), 1);
    mode.c_cc[VEOF] = _POSIX_VDISABLE;
    CHECK_EQUAL(tcsetattr(peer, TCSANOW, &mode), 0);
    CHECK_EQUAL(pty_end_of_input(ours, -1, end), 0);
    close_pair();
}

/* Who reads keys would take it for one. */
static void pty_end_of_input_has_none_for_keys(void) {
    unsigned char end[2];
    open_pair();
    change(0, ICANON);
    CHECK_EQUAL(pty_end_of_input(ours, '\n', end), 0);
    close_pair();
}

int main(void) {
    RUN(pty_open_sets_flags);
    RUN(pty_open_edits_utf8);
    RUN(pty_peer_takes_no_controlling_terminal);
    RUN(pty_peer_fails_while_locked);
    RUN(pty_functions_refuse_other_files);
    RUN(pty_size_tells_what_was_set);
    RUN(pty_end_of_input_ends_input);
    RUN(pty_end_of_input_knows_carriage_return);
    RUN(pty_end_of_input_asks_for_character);
    RUN(pty_end_of_input_has_none_for_keys);
    return 0;
}
