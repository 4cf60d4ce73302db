/* The helper's image, which the tracer lays where the helper maps it. */

        .section .rodata
        .globl  warm_image
        .hidden warm_image
        .globl  warm_image_end
        .hidden warm_image_end
        .balign 16
warm_image:
        .incbin WARM_IMAGE
warm_image_end:

        .section .note.GNU-stack, "", %progbits
