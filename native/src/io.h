// SPDX-License-Identifier: Apache-2.0
/* Waiting for descriptors, and pipes. */
#ifndef SPAWN4J_IO_H
#define SPAWN4J_IO_H

#include <stddef.h>
#include <stdint.h>

/* Waits until `fd` has one of `events` (of poll(2)), until `wake`, an eventfd, is signalled, or for
 * `timeout_ms`, < 0 for ever. Returns the events of `fd`, 0 for both other cases, or -errno. */
int io_wait(int fd, short events, int wake, int timeout_ms);

/* write(2) without the signal that comes with EPIPE. Returns how many bytes, or -errno. */
long io_write(int fd, const void *bytes, size_t size);

/* How many bytes are left in the pipe `fd` if nobody holds its other end any more; -EAGAIN while
 * somebody does. */
int io_remaining(int fd);

/* Makes `fd`, whose only flags are those of a pipe, non-blocking, or closes it. Returns it, or
 * -errno.
 */
int io_unblock(int fd);

/* Gives the pipe `pipe` room for more than io_splice moves at once, if it may have that. */
void io_widen(int pipe);

/* How many bytes the pipe `pipe` holds at most, or -errno. */
int io_capacity(int pipe);

/* Moves what is in the pipe `pipe`, 64 KiB at most, to the file `file`, at its position, where
 * nobody else writes it over. Returns how many bytes, 0 at the end, -EAGAIN where the pipe is
 * empty, or another -errno.
 */
int io_splice(int pipe, int file);

/* Whether io_splice can move something to `file`: a regular one, open for writing, not appending.
 */
int io_can_splice(int file);

/* How many bytes can be read from `fd` right now, or -errno. */
int io_available(int fd);

/* How many descriptors this process may have open: the soft limit, or -errno. */
long io_max_open_files(void);

/* Makes the eventfd `wake` readable. */
void io_wake(int wake);

/* Marks the open file `fd` as the calling thread's. Returns 0 or -errno. */
int io_own(int fd);

/* Whether `fd` leads to an open file that the calling thread has marked. */
int io_is_own(int fd);

#endif
