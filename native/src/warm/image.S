// SPDX-License-Identifier: Apache-2.0
/* The helper's image, which is mapped into each helper, and the sample program, by which linkers are tried. */

        .section .rodata
        .globl  warm_image
        .hidden warm_image
        .globl  warm_image_end
        .hidden warm_image_end
        .balign 16
warm_image:
        .incbin WARM_IMAGE
warm_image_end:

        .globl  warm_sample
        .hidden warm_sample
        .globl  warm_sample_end
        .hidden warm_sample_end
        .balign 16
warm_sample:
        .incbin WARM_SAMPLE
warm_sample_end:

        .section .note.GNU-stack, "", %progbits
