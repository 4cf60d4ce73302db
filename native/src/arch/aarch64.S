// SPDX-License-Identifier: Apache-2.0
/* What C cannot say on aarch64: clones onto a new stack. */

        .text

#ifdef SYS_CALL_IS_FUNCTION
/* long sys_call(long nr, long a, long b, long c, long d, long e, long f) */
        .globl  sys_call
        .hidden sys_call
        .type   sys_call, %function
sys_call:
        mov     x8, x0
        mov     x0, x1
        mov     x1, x2
        mov     x2, x3
        mov     x3, x4
        mov     x4, x5
        mov     x5, x6
        svc     #0
        ret
        .size   sys_call, .-sys_call
#endif

/* long sys_clone3(struct clone_args *args, size_t size, void (*child)(void *), void *arg) */
        .globl  sys_clone3
        .hidden sys_clone3
        .type   sys_clone3, %function
sys_clone3:
        mov     x9, x2                  /* the kernel keeps all but x0 */
        mov     x10, x3
        mov     x8, #435
        svc     #0
        cbz     x0, 1f
        ret
1:      mov     x29, xzr                /* the end of every backtrace */
        mov     x30, xzr
        mov     x0, x10
        blr     x9
        brk     #0                      /* child() does not return */
        .size   sys_clone3, .-sys_clone3

/* long sys_clone(unsigned long flags, void *stack, int *pidfd, void (*child)(void *), void *arg) */
        .globl  sys_clone
        .hidden sys_clone
        .type   sys_clone, %function
sys_clone:
        mov     x9, x3
        mov     x10, x4
        mov     x3, xzr                 /* tls */
        mov     x4, xzr                 /* child_tid */
        mov     x8, #220
        svc     #0
        cbz     x0, 1f
        ret
1:      mov     x29, xzr
        mov     x30, xzr
        mov     x0, x10
        blr     x9
        brk     #0
        .size   sys_clone, .-sys_clone

        .section .note.GNU-stack, "", %progbits
