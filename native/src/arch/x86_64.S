// SPDX-License-Identifier: Apache-2.0
/* What C cannot say on x86-64: clones onto a new stack. */

        .text

#ifdef SYS_CALL_IS_FUNCTION
/* long sys_call(long nr, long a, long b, long c, long d, long e, long f) */
        .globl  sys_call
        .hidden sys_call
        .type   sys_call, @function
sys_call:
        mov     %rdi, %rax
        mov     %rsi, %rdi
        mov     %rdx, %rsi
        mov     %rcx, %rdx
        mov     %r8, %r10
        mov     %r9, %r8
        mov     8(%rsp), %r9
        syscall
        ret
        .size   sys_call, .-sys_call
#endif

/* long sys_clone3(struct clone_args *args, size_t size, void (*child)(void *), void *arg) */
        .globl  sys_clone3
        .hidden sys_clone3
        .type   sys_clone3, @function
sys_clone3:
        mov     %rcx, %r8               /* the kernel keeps r8 and r9, not rcx and r11 */
        mov     %rdx, %r9
        mov     $435, %eax
        syscall
        test    %rax, %rax
        jz      1f
        ret
1:      xor     %ebp, %ebp              /* the end of every backtrace */
        mov     %r8, %rdi
        call    *%r9
        hlt                             /* child() does not return */
        .size   sys_clone3, .-sys_clone3

/* long sys_clone(unsigned long flags, void *stack, int *pidfd, void (*child)(void *), void *arg) */
        .globl  sys_clone
        .hidden sys_clone
        .type   sys_clone, @function
sys_clone:
        mov     %rcx, %r9               /* the kernel keeps r8 and r9, and takes r8 for nothing */
        xor     %r10d, %r10d            /* child_tid */
        mov     $56, %eax
        syscall
        test    %rax, %rax
        jz      1f
        ret
1:      xor     %ebp, %ebp
        mov     %r8, %rdi
        call    *%r9
        hlt
        .size   sys_clone, .-sys_clone

        .section .note.GNU-stack, "", @progbits
