// SPDX-License-Identifier: Apache-2.0
/* What the output of a child costs at least: reads it and forgets it.
 *
 * Usage: reader PROGRAM ARGUMENTS... For each byte of standard input it starts the program, reads
 * all of its standard output, waits for its exit and says so with a line. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void require(int succeeded, const char *what) {
    if (!succeeded) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

static pid_t start(char **argv, int out) {
    pid_t pid;
    posix_spawn_file_actions_t actions;
    require(posix_spawn_file_actions_init(&actions) == 0, "actions");
    require(posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) == 0, "actions");
    require(posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) == 0, argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void read_output(char **argv) {
    static char bytes[65536];
    int ends[2];
    int status;
    require(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
    pid_t pid = start(argv, ends[1]);
    close(ends[1]);
    while (read(ends[0], bytes, sizeof bytes) > 0) {
    }
    close(ends[0]);
    require(waitpid(pid, &status, 0) == pid && status == 0, argv[0]);
}

int main(int argc, char **argv) {
    char byte;
    require(argc > 1, "usage: reader PROGRAM ARGUMENTS...");
    while (read(STDIN_FILENO, &byte, 1) == 1) {
        read_output(argv + 1);
        require(write(STDOUT_FILENO, "\n", 1) == 1, "write");
    }
    return EXIT_SUCCESS;
}
