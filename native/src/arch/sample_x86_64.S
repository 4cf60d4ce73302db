// SPDX-License-Identifier: Apache-2.0
/* What C cannot say of the sample program on x86-64: its first instruction, and where its guards are. */

        .text

/* Has begin() of sample.c see the stack and what the linker hands over as the kernel and it left them. */
        .globl  _start
        .type   _start, @function
_start:
        mov     %rsp, %rdi
        mov     %rdx, %rsi
        xor     %ebp, %ebp
        and     $-16, %rsp
        call    begin
        hlt                             /* begin() does not return */
        .size   _start, .-_start

/* void sample_guards(uint64_t guards[2]): the stack's and the pointers' */
        .globl  sample_guards
        .hidden sample_guards
        .type   sample_guards, @function
sample_guards:
        mov     %fs:0x28, %rax
        mov     %rax, (%rdi)
        mov     %fs:0x30, %rax
        mov     %rax, 8(%rdi)
        ret
        .size   sample_guards, .-sample_guards

        .section .note.GNU-stack, "", @progbits
