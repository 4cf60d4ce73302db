/* What the file system says about a program before anything is started. */
#ifndef SPAWN4J_PROGRAM_H
#define SPAWN4J_PROGRAM_H

/* 0 if `path` is a regular file that this thread may execute, or -errno: -EACCES for what is not
 * regular, as execve(2) has it. */
int program_check(const char *path);

/* 0 if `path` is a directory that this thread may enter, or -errno. */
int program_check_directory(const char *path);

/* 1 if the file begins as an ELF image does, or cannot be read (an interpreter could not read it
 * either); 0 if not, or -errno. */
int program_is_elf(const char *path);

#endif
