// SPDX-License-Identifier: Apache-2.0
#include "warm/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

static void collect(struct msghdr *header, struct received *received) {
    received->count = 0;
    const struct cmsghdr *control = CMSG_FIRSTHDR(header);
    if (!control || control->cmsg_type != SCM_RIGHTS) {
        return;
    }
    const int *fds = (const int *)CMSG_DATA(control);
    int count = (int)((control->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    while (received->count < count) {
        received->fds[received->count] = fds[received->count];
        received->count++;
    }
}

long mail_receive(struct memory *memory, int number, struct received *received, int flags) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(WARM_MOST_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec parts[] = {{&memory->message, sizeof memory->message},
                            {memory->block, sizeof memory->block}};
    struct msghdr header = {
        .msg_iov = parts,
        .msg_iovlen = 2,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    long size;
    do {
        size = sys_call(SYS_recvmsg, WARM_FIRST + number, (long)&header, MSG_CMSG_CLOEXEC | flags,
                        0, 0, 0);
    } while (size == -EINTR);
    if (size > 0) {
        collect(&header, received);
        /* Descriptors are cut off where the limit on them is too low. */
        return header.msg_flags & (MSG_CTRUNC | MSG_TRUNC) ? -EMFILE : size;
    }
    return size;
}

void mail_discard(int end) { sys_close_range((unsigned)end, ~0U, 0); }
