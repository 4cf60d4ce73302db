/* A system call without a function call, for programs that have no libc or
 * share a stack. */
#ifndef SPAWN4J_RAW_SYSCALL_H
#define SPAWN4J_RAW_SYSCALL_H

/* Returns the result or -errno. Inlined always: no return address is left on a
 * stack that another process may use meanwhile. */
__attribute__((always_inline)) static inline long raw_syscall(long nr, long a, long b, long c,
                                                              long d, long e) {
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result = nr;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#else
#error "no system call for this architecture"
#endif
}

#endif
