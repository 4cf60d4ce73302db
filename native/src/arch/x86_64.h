// SPDX-License-Identifier: Apache-2.0
/* x86-64: registers of a traced process, and where glibc keeps its guards. */
#ifndef SPAWN4J_ARCH_X86_64_H
#define SPAWN4J_ARCH_X86_64_H

#include "sys.h"

#include <stdbool.h>
#include <sys/user.h>

#define ARCH_KNOWS_GUARDS 1

/* Gives the calling thread the guards that glibc makes of AT_RANDOM: the stack's, whose lowest byte
 * is 0 so that no string is copied over it, and the pointers'. */
static inline void arch_set_guards(const uint64_t random[2]) {
    __asm__ volatile("mov %0, %%fs:0x28" : : "r"(random[0] & ~(uint64_t)0xff));
    __asm__ volatile("mov %0, %%fs:0x30" : : "r"(random[1]));
}

typedef struct user_regs_struct arch_registers;

static inline uintptr_t arch_ip(const arch_registers *registers) { return registers->rip; }

static inline uintptr_t arch_stack(const arch_registers *registers) { return registers->rsp; }

/* The result of a function or of a system call. */
static inline uintptr_t arch_result(const arch_registers *registers) { return registers->rax; }

/* A system call instruction. */
#define ARCH_SYSTEM_CALL "\x0f\x05"
#define ARCH_SYSTEM_CALL_SIZE 2

/* Whether the step that led from `before` to `after` was a call; where it returns to stands on top
 * of the stack then. */
static inline bool arch_may_be_call(const arch_registers *before, const arch_registers *after) {
    return after->rsp == before->rsp - sizeof(uintptr_t);
}
#define ARCH_CALL_SIZE 5
#define ARCH_RETURNS_BY_STACK 1

static inline uintptr_t *arch_link(arch_registers *registers) {
    (void)registers;
    return NULL;
}

/* Prepares a system call by the instruction at `ip`. */
static inline void arch_prepare_call(arch_registers *registers, uintptr_t ip, long nr,
                                     const long arguments[6]) {
    registers->rip = ip;
    registers->rax = (unsigned long)nr;
    registers->orig_rax = ~0UL; /* no call is to be restarted */
    registers->rdi = (unsigned long)arguments[0];
    registers->rsi = (unsigned long)arguments[1];
    registers->rdx = (unsigned long)arguments[2];
    registers->r10 = (unsigned long)arguments[3];
    registers->r8 = (unsigned long)arguments[4];
    registers->r9 = (unsigned long)arguments[5];
}

/* Prepares to go on in a function at `ip` that returns to nobody, on the stack below `stack`. */
static inline void arch_prepare_jump(arch_registers *registers, uintptr_t ip, uintptr_t stack) {
    registers->rip = ip;
    registers->rsp = (stack - 128) / 16 * 16 - sizeof(uintptr_t); /* as if it had been called */
    registers->orig_rax = ~0UL;
}

#endif
