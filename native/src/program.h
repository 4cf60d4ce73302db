// SPDX-License-Identifier: Apache-2.0
/* What the file system says about a program before anything is started. */
#ifndef SPAWN4J_PROGRAM_H
#define SPAWN4J_PROGRAM_H

#include <link.h>
#include <stdbool.h>

/* 0 if `path` is a regular file that this thread may execute, or -errno: -EACCES for what is not
 * regular, as execve(2) has it. */
int program_check(const char *path);

/* Opens the file behind the descriptor `fd` once more, as O_PATH, so that ours is no writer even
 * where `fd` is. Returns it, -EBADF for what is not open or is O_PATH itself, as the proposal has
 * it, or another -errno. */
int program_pin(int fd);

/* 0 if the open file `fd`, which may be O_PATH, can be executed by this thread; -EACCES if it may
 * not, -ETXTBSY if somebody can write to it (from Linux 6.14; before, only execution itself tells),
 * or another -errno. */
int program_check_file(int fd);

/* 0 if the file is an ELF program for this machine, or may not be read; -ENOEXEC if it is not, or
 * the -errno of reading it. */
int program_check_elf(int fd);

/* Whether this is the header of an ELF program for this machine. */
bool program_is_for_this_machine(const ElfW(Ehdr) * header);

/* 0 if `path` is a directory that this thread may enter, or -errno. */
int program_check_directory(const char *path);

#endif
