// SPDX-License-Identifier: Apache-2.0
/* What C cannot say of a helper on x86-64: how it moves to another stack, and how its child goes on in the linker. */

        .text

/* void warm_move(void *stack, void (*function)(void *), void *argument) */
        .globl  warm_move
        .hidden warm_move
        .type   warm_move, @function
warm_move:
        mov     %rdi, %rsp
        xor     %ebp, %ebp
        mov     %rdx, %rdi
        call    *%rsi
        hlt                             /* function() does not return */
        .size   warm_move, .-warm_move

/* void warm_resume(uintptr_t stack, uintptr_t entry, uintptr_t next, void *memory, size_t size) */
        .globl  warm_resume
        .hidden warm_resume
        .type   warm_resume, @function
warm_resume:
        mov     %rdi, %rsp              /* first: the stack that we stand on is part of the memory */
        mov     %rsi, %r12
        mov     %rdx, %r13
        mov     %rcx, %rdi
        mov     %r8, %rsi
        mov     $11, %eax               /* munmap */
        syscall
        mov     %r12, %rax
        mov     %r13, %rcx
        xor     %ebx, %ebx              /* as the kernel leaves them for the linker */
        xor     %edx, %edx
        xor     %esi, %esi
        xor     %edi, %edi
        xor     %ebp, %ebp
        xor     %r8d, %r8d
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        xor     %r11d, %r11d
        xor     %r12d, %r12d
        xor     %r13d, %r13d
        xor     %r14d, %r14d
        xor     %r15d, %r15d
        jmp     *%rcx
        .size   warm_resume, .-warm_resume

        .section .note.GNU-stack, "", @progbits
