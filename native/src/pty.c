// SPDX-License-Identifier: Apache-2.0
#include "pty.h"

#include "sys.h"

#include <asm/termbits.h> /* the kernel's struct termios, not libc's */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/ioctl.h>

/* Makes the Backspace key erase a character of several bytes as one. */
static int edit_utf8(int fd) {
    struct termios mode; /* asked of our side, the kernel answers for the child's */
    int result = sys_ioctl(fd, TCGETS, &mode);
    if (result < 0) {
        return result;
    }
    mode.c_iflag |= IUTF8;
    return sys_ioctl(fd, TCSETS, &mode);
}

int pty_open(void) {
    int fd = sys_open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0) {
        return fd;
    }
    int result = edit_utf8(fd);
    if (result < 0) {
        sys_close(fd);
        return result;
    }
    return fd;
}

int pty_unlock(int fd) {
    int locked = 0;
    return sys_ioctl(fd, TIOCSPTLCK, &locked);
}

int pty_peer(int fd) {
    return (int)sys_call(SYS_ioctl, fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC, 0, 0, 0);
}

int pty_resize(int fd, unsigned short rows, unsigned short columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return sys_ioctl(fd, TIOCSWINSZ, &size);
}

long pty_size(int fd) {
    struct winsize size;
    int result = sys_ioctl(fd, TIOCGWINSZ, &size);
    return result < 0 ? result : (long)size.ws_row << 16 | size.ws_col;
}

/* Whether a line has been begun by `last`. */
static bool is_within_line(const struct termios *mode, int last) {
    if (last == '\r' && mode->c_iflag & ICRNL) {
        return false; /* what the Enter key sends, which the terminal makes a newline */
    }
    return last >= 0 && last != '\n' && last != mode->c_cc[VEOF];
}

int pty_end_of_input(int fd, int last, unsigned char end[2]) {
    struct termios mode;
    int result = sys_ioctl(fd, TCGETS, &mode);
    if (result < 0) {
        return result;
    }
    if (!(mode.c_lflag & ICANON) || mode.c_cc[VEOF] == 0) {
        return 0; /* 0: the character is switched off */
    }
    end[0] = end[1] = mode.c_cc[VEOF];
    return is_within_line(&mode, last) ? 2 : 1;
}
