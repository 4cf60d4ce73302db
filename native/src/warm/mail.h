// SPDX-License-Identifier: Apache-2.0
/* What is sent to a slot: a message, and descriptors that go along. */
#ifndef SPAWN4J_WARM_MAIL_H
#define SPAWN4J_WARM_MAIL_H

#include "warm/memory.h"

/* A message's descriptors, as they came. */
struct received {
    int fds[WARM_MOST_DESCRIPTORS];
    int count;
};

/* Receives the next message of a slot into `memory`, with these flags of recvmsg(2). Returns its
 * size, 0 when we are alone, or -errno: -EMFILE if descriptors were cut off. */
long mail_receive(struct memory *memory, int number, struct received *received, int flags);

/* Closes what has been received, by a process whose own descriptors end before `end`. */
void mail_discard(int end);

#endif
