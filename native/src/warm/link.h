// SPDX-License-Identifier: Apache-2.0
/* How a program gets behind its dynamic linker, and into the helper's image. All of it is for one
 * thread, which traces the program meanwhile. */
#ifndef SPAWN4J_WARM_LINK_H
#define SPAWN4J_WARM_LINK_H

#include "identity.h"
#include "warm/trace.h"
#include "warm/warm.h"

struct link {
    const char *program;
    const char *name;      /* its first argument, which it is given alone */
    const char *variables; /* its environment, one behind the other */
    size_t variables_size;
    struct identity linker;
    int executable; /* the file that is executed, or -1 for the one that `program` leads to */
    int output;     /* the descriptors that it gets: for what the linker prints, never blocking */
    int line;
    int image;
    int memory;

    int printed;   /* our end of `output` */
    bool is_eager; /* all symbols are looked up ahead */
    struct tracee tracee;
    struct trace_start start;
    struct warm_stop stop;
    struct prctl_mm_map map;
    int error; /* the errno behind a refusal */
};

/* Executes the program and runs it until it is linked; its pid and pidfd are the caller's to end.
 * Returns WARM_STARTED, or why not, and no process then. */
enum warm_reason link_run(struct link *link);

/* Has it map its copy of the image, of `size` bytes, and go on there, untraced. */
enum warm_reason link_enter_image(struct link *link, size_t size);

#endif
