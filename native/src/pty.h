// SPDX-License-Identifier: Apache-2.0
/* Pseudo-terminals, see pty(7): our side is the master, the child's side the slave. */
#ifndef SPAWN4J_PTY_H
#define SPAWN4J_PTY_H

/* Opens our side of a new one, non-blocking, with a line editing that knows UTF-8 (IUTF8); the
 * child's side cannot be opened until pty_unlock(). Returns the descriptor, which is close-on-exec,
 * or -errno. */
int pty_open(void);

/* Allows the child's side of `fd` to be opened. Returns 0 or -errno. */
int pty_unlock(int fd);

/* Opens the child's side of `fd`, blocking, and not as a controlling terminal of ours. Not by its
 * name: /dev/pts may show other terminals than those of /dev/ptmx, or none. Returns the
 * descriptor, which is close-on-exec, or -errno. */
int pty_peer(int fd);

/* Sets the size of the window, in characters; if it changes, the foreground group of the terminal
 * gets SIGWINCH. Returns 0 or -errno. */
int pty_resize(int fd, unsigned short rows, unsigned short columns);

/* Returns rows << 16 | columns, or -errno. */
long pty_size(int fd);

/* Finds what to write to `fd` so that a reader of the terminal meets the end of its input,
 * where `last` was the last byte to be written, -1 if there was none. Puts it into `end` and
 * returns how many bytes there are: none if the terminal is not in canonical mode, in which there
 * is no such thing; else one, or two if a line has been begun, which the first then ends. Or
 * -errno. */
int pty_end_of_input(int fd, int last, unsigned char end[2]);

#endif
