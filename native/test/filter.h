// SPDX-License-Identifier: Apache-2.0
/* Filters of system calls, seccomp(2), that a test puts on itself and on all that it starts. */
#ifndef SPAWN4J_FILTER_H
#define SPAWN4J_FILTER_H

#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Returns the listener of a filter with SECCOMP_FILTER_FLAG_NEW_LISTENER, else 0; -1 with errno if
 * it cannot be. */
static inline int filter_install(struct sock_filter *code, size_t count, unsigned flags) {
    const struct sock_fprog program = {(unsigned short)count, code};
    CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* From now on the system call `nr` has this answer: an error, or a kill. */
static inline void filter_answer(unsigned nr, unsigned result) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, result),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    CHECK_EQUAL(filter_install(code, sizeof code / sizeof code[0], 0), 0);
}

#endif
