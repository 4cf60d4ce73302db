// SPDX-License-Identifier: Apache-2.0
/* Ends soon, and says when: stores the time, in nanoseconds of CLOCK_MONOTONIC, as the first eight
 * bytes of FILE. Static, without libc, like noop, so that little is left to be torn down between
 * that time and the exit. It lives for 2 ms, so that whoever wants to be told of its end has asked
 * for that before: how late he is with that is not what is measured.
 *
 * Usage: exit_time FILE, which exists. Exit code 1 if nothing was stored. */
#include "raw_syscall.h"

#include <asm/unistd.h>
#include <fcntl.h>
#include <stdint.h>
#include <time.h>

/* The kernel leaves argc and the arguments where the stack pointer is. */
#if defined(__x86_64__)
__asm__(".globl _start\n"
        "_start:\n"
        "mov %rsp, %rdi\n"
        "call run\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
        "_start:\n"
        "mov x0, sp\n"
        "bl run\n");
#endif

#define LIFE_NS 2000000

_Noreturn void run(const long *stack);

__attribute__((used)) _Noreturn void run(const long *stack) {
    long file = raw_syscall(__NR_openat, AT_FDCWD, stack[2], O_WRONLY, 0, 0);
    const struct timespec life = {.tv_nsec = LIFE_NS};
    raw_syscall(__NR_nanosleep, (long)&life, 0, 0, 0, 0);
    struct timespec now;
    raw_syscall(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0);
    int64_t now_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    long stored = raw_syscall(__NR_write, file, (long)&now_ns, sizeof now_ns, 0, 0);
    for (;;) {
        raw_syscall(__NR_exit_group, stored != sizeof now_ns, 0, 0, 0, 0);
    }
}
