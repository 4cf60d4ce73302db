// SPDX-License-Identifier: Apache-2.0
/* What C cannot say of a helper on aarch64: how it moves to another stack, and how its child goes on in the linker. */

        .text

/* void warm_move(void *stack, void (*function)(void *), void *argument) */
        .globl  warm_move
        .hidden warm_move
        .type   warm_move, %function
warm_move:
        mov     sp, x0
        mov     x29, xzr
        mov     x30, xzr
        mov     x0, x2
        blr     x1
        brk     #0                      /* function() does not return */
        .size   warm_move, .-warm_move

/* void warm_resume(uintptr_t stack, uintptr_t entry, uintptr_t next, void *memory, size_t size) */
        .globl  warm_resume
        .hidden warm_resume
        .type   warm_resume, %function
warm_resume:
        mov     sp, x0                  /* first: the stack that we stand on is part of the memory */
        mov     x19, x1
        mov     x9, x2
        mov     x0, x3
        mov     x1, x4
        mov     x8, #215                /* munmap */
        svc     #0
        mov     x0, x19
        mov     x19, xzr
        mov     x29, xzr
        mov     x30, xzr
        br      x9
        .size   warm_resume, .-warm_resume

        .section .note.GNU-stack, "", %progbits
