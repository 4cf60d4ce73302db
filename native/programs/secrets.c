// SPDX-License-Identifier: Apache-2.0
/* Prints what no two processes should have in common, a line each: AT_RANDOM, the places of heap
 * and initial stack, and a pointer as setjmp(3) keeps it. Fails if the stack's guard is not made of
 * AT_RANDOM. */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv) {
    uint64_t random[2];
    jmp_buf kept;
    (void)argc;
    memcpy(random, (const void *)getauxval(AT_RANDOM), sizeof random);
#if defined(__x86_64__)
    uint64_t guard;
    __asm__("mov %%fs:0x28, %0" : "=r"(guard));
    if (guard != (random[0] & ~(uint64_t)0xff)) {
        return 1;
    }
    __asm__("mov %%fs:0x30, %0" : "=r"(guard));
    if (guard != random[1]) {
        return 2;
    }
#endif
    setjmp(kept);
    const uint64_t *words = (const uint64_t *)&kept;
    printf("%016lx%016lx\n%p\n%p\n%016lx\n", random[0], random[1], sbrk(0), (void *)argv, words[1]);
    return 0;
}
