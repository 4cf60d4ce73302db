// SPDX-License-Identifier: Apache-2.0
/* A traced process: how a program is brought to the point where the dynamic linker has done its
 * work, and how the helper's image comes into it. All of it is for the thread that traces. */
#ifndef SPAWN4J_WARM_TRACE_H
#define SPAWN4J_WARM_TRACE_H

#include "arch/arch.h"
#include "warm/protocol.h"

#include <link.h>

struct tracee {
    int pid;
    int pidfd;
    int64_t deadline_ns; /* of CLOCK_MONOTONIC; no wait lasts longer */
    arch_registers registers;
};

/* What the kernel has given a program that stands at its first instruction. */
struct trace_start {
    uintptr_t argc;
    uintptr_t loader; /* where the dynamic linker lies; 0: there is none */
    uintptr_t vdso;
    bool is_secure; /* it has more rights than who executed it */
};

/* Reads what a process was started with that stands at its first instruction. Returns 0 or -errno.
 */
int trace_read_start(struct tracee *tracee, struct trace_start *start);

/* Lets a process that stands at the dynamic linker's first instruction run until the linker has
 * done its work. Returns 0; -ENOEXEC where that point is never reached, or another -errno. */
int trace_run_to_stop(struct tracee *tracee, struct warm_stop *stop);

/* Reads `size` bytes of the process, a multiple of an int's. Returns 0 or -errno. */
int trace_read(const struct tracee *tracee, uintptr_t address, int *values, size_t size);

/* Writes an int into the process, also where it may not write itself. Returns 0 or -errno. */
int trace_write(const struct tracee *tracee, uintptr_t address, int value);

/* Has the process make a system call, and stores its result. `vdso` is where its vdso lies. Returns
 * 0 or the -errno of tracing. */
int trace_call(struct tracee *tracee, uintptr_t vdso, long nr, const long arguments[6],
               long *result);

/* Lets the process go on at `ip`, untraced. Returns 0 or -errno. */
int trace_let_go(struct tracee *tracee, uintptr_t ip);

#endif
