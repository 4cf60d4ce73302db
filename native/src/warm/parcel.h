// SPDX-License-Identifier: Apache-2.0
/* What a child is sent: its request, and the descriptors that go along. */
#ifndef SPAWN4J_WARM_PARCEL_H
#define SPAWN4J_WARM_PARCEL_H

#include "warm/protocol.h"
#include "warm/warm.h"

struct parcel {
    struct warm_message message;
    int fds[WARM_MOST_DESCRIPTORS];
    int count;
    int opened; /* from here on they are what parcel_open() has opened */
};

/* Opens what the child needs. In any case parcel_close() is to follow. */
enum warm_reason parcel_pack(struct parcel *parcel, struct request *request);

/* Opens files and directories that the child would open itself. Returns 0; or -errno with the
 * failed action told in the request; or -EXDEV if the child is to open something itself. */
int parcel_open(struct parcel *parcel, const struct request *request);

/* Closes the child's ends of pipes and what was opened, and our ends too if nothing was started. */
void parcel_close(const struct parcel *parcel, const struct request *request, bool failed);

/* Sends it by a slot's socket. Returns 0 or -errno. */
int parcel_send(struct parcel *parcel, const struct request *request, int socket);

#endif
