// SPDX-License-Identifier: Apache-2.0
/* aarch64: registers of a traced process. */
#ifndef SPAWN4J_ARCH_AARCH64_H
#define SPAWN4J_ARCH_AARCH64_H

#include "sys.h"

#include <stdbool.h>
#include <sys/user.h>

/* They are variables of the dynamic linker, in memory that is read-only by the time it is stopped:
 * children would share them. */
#define ARCH_KNOWS_GUARDS 0

static inline void arch_set_guards(const uint64_t random[2]) { (void)random; }

typedef struct user_regs_struct arch_registers;

static inline uintptr_t arch_ip(const arch_registers *registers) { return registers->pc; }

static inline uintptr_t arch_stack(const arch_registers *registers) { return registers->sp; }

/* The result of a function or of a system call. */
static inline uintptr_t arch_result(const arch_registers *registers) { return registers->regs[0]; }

/* A system call instruction. */
#define ARCH_SYSTEM_CALL "\x01\x00\x00\xd4"
#define ARCH_SYSTEM_CALL_SIZE 4

/* Whether the step that led from `before` to `after` was a call; where it returns to stands in the
 * link register then. */
static inline bool arch_may_be_call(const arch_registers *before, const arch_registers *after) {
    return after->regs[30] == before->pc + 4;
}
#define ARCH_CALL_SIZE 4
#define ARCH_RETURNS_BY_STACK 0

static inline unsigned long long *arch_link(arch_registers *registers) {
    return &registers->regs[30];
}

/* Prepares a system call by the instruction at `ip`. */
static inline void arch_prepare_call(arch_registers *registers, uintptr_t ip, long nr,
                                     const long arguments[6]) {
    registers->pc = ip;
    registers->regs[8] = (unsigned long long)nr;
    for (int i = 0; i < 6; i++) {
        registers->regs[i] = (unsigned long long)arguments[i];
    }
}

/* Prepares to go on in a function at `ip` that returns to nobody, on the stack below `stack`. */
static inline void arch_prepare_jump(arch_registers *registers, uintptr_t ip, uintptr_t stack) {
    registers->pc = ip;
    registers->sp = (stack - 128) / 16 * 16;
}

#endif
