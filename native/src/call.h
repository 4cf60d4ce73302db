// SPDX-License-Identifier: Apache-2.0
/* A system call as the kernel defines it: the result, or -errno.
 *
 * Inlined, as a function would return through a guess that is wrong: in the kernel the processor
 * loses its memory of who has called whom, and each return to a caller from before then takes
 * longer than the call itself (docs/start.md). A start makes nearly a hundred of them. */
#ifndef SPAWN4J_CALL_H
#define SPAWN4J_CALL_H

#ifdef SYS_CALL_IS_FUNCTION

/* For a test that puts itself in its place. */
long sys_call(long nr, long a, long b, long c, long d, long e, long f);

#elif defined(__x86_64__)

__attribute__((always_inline)) static inline long sys_call(long nr, long a, long b, long c, long d,
                                                           long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result = nr;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

__attribute__((always_inline)) static inline long sys_call(long nr, long a, long b, long c, long d,
                                                           long e, long f) {
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

#else
#error "unknown architecture"
#endif

#endif
