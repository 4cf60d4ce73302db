// SPDX-License-Identifier: Apache-2.0
/* What C cannot say of the sample program on aarch64: its first instruction, and where its guards are. */

        .text

/* Has begin() of sample.c see the stack and what the linker hands over as the kernel and it left them. */
        .globl  _start
        .type   _start, %function
_start:
        mov     x1, x0
        mov     x0, sp
        mov     x29, xzr
        mov     x30, xzr
        bl      begin
        brk     #0                      /* begin() does not return */
        .size   _start, .-_start

/* void sample_guards(uint64_t guards[2]): the linker keeps them for itself */
        .globl  sample_guards
        .hidden sample_guards
        .type   sample_guards, %function
sample_guards:
        stp     xzr, xzr, [x0]
        ret
        .size   sample_guards, .-sample_guards

        .section .note.GNU-stack, "", %progbits
