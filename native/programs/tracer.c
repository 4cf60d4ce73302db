// SPDX-License-Identifier: Apache-2.0
/* Traces a process, as a debugger does that somebody has attached, until the end of standard input.
 * Usage: tracer PID. Prints "traced", or what the kernel has against it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: tracer PID\n");
        return 2;
    }
    long result = ptrace(PTRACE_SEIZE, (pid_t)atol(argv[1]), 0, 0);
    puts(result == 0 ? "traced" : strerror(errno));
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    /* The kernel detaches for us, also from a process that has ended meanwhile. */
    return 0;
}
