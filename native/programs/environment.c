// SPDX-License-Identifier: Apache-2.0
/* Executes a program with exactly these entries in its environment, also such as no shell would
 * give it. In entries \xHH is a byte.
 *
 * Usage: environment [ENTRY...] -- PROGRAM [ARGUMENT...] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from; to++) {
        unsigned byte;
        if (sscanf(from, "\\x%2x", &byte) == 1) {
            *to = (char)byte;
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = 0;
}

int main(int argc, char **argv) {
    char **entries = argv + 1;
    int count = 0;
    while (count < argc - 2 && strcmp(entries[count], "--") != 0) {
        unescape(entries[count++]);
    }
    if (count >= argc - 2) {
        fputs("usage: environment [ENTRY...] -- PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    char **program = entries + count + 1;
    entries[count] = NULL;
    execve(program[0], program, entries);
    perror(program[0]);
    return 1;
}
