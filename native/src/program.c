// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include "block.h"
#include "probe.h"
#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* With the effective ids, as execve(2) checks; access(2), for kernels and filters without
 * faccessat2(2), takes the real ones. */
static int may_execute(const char *path) {
    return probe_has(KERNEL_FACCESSAT2)
               ? sys_faccessat2(AT_FDCWD, path, X_OK, AT_EACCESS)
               : (int)sys_call(SYS_faccessat, AT_FDCWD, (long)path, X_OK, 0, 0, 0);
}

static int check(const char *path, unsigned type, int otherwise) {
    struct stat stat;
    int result = sys_fstatat(AT_FDCWD, path, 0, &stat);
    if (result < 0) {
        return result;
    }
    return (stat.st_mode & S_IFMT) == type ? may_execute(path) : otherwise;
}

int program_check(const char *path) { return check(path, S_IFREG, -EACCES); }

int program_check_directory(const char *path) { return check(path, S_IFDIR, -ENOTDIR); }

static int reopen(int fd, int flags) {
    char path[sizeof "/proc/self/fd/" + 10];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return sys_open(path, flags, 0);
}

int program_pin(int fd) {
    int flags = sys_fcntl(fd, F_GETFL, 0);
    if (flags < 0) {
        return flags;
    }
    return flags & O_PATH ? -EBADF : reopen(fd, O_PATH | O_CLOEXEC);
}

struct check {
    int fd;
    int result;
};

static void check_child(void *argument) {
    static char *const none[] = {NULL};
    struct check *check = argument;
    check->result = sys_execveat(check->fd, "", none, none, AT_EMPTY_PATH | AT_EXECVE_CHECK);
    sys_exit(0);
}

/* In a child, which has its own directory and umask: while a thread that shares them executes or
 * only checks, no thread of the process can start another (clone(2) says EAGAIN). The descriptor
 * table it shares, as it opens and closes nothing: a copy would hold files that others are writing.
 * Returns false if there can be no child. */
static bool check_execution(int fd, int *result) {
    struct check check = {.fd = fd, .result = -EAGAIN};
    void *stack = block_allocate(0);
    if (!stack) {
        return false;
    }
    const signal_set all = SIGNAL_SET_ALL;
    signal_set mask;
    if (sys_sigmask(&all, &mask) < 0) {
        block_free(stack, 0);
        return false;
    }
    /* No signal at its exit: nobody is to know of it, and only __WALL waits for it. */
    long pid = sys_clone(CLONE_VM | CLONE_VFORK | CLONE_FILES, stack, NULL, check_child, &check);
    if (pid > 0) {
        sys_wait4((int)pid, NULL, __WALL);
    }
    sys_sigmask(&mask, NULL);
    block_free(stack, 0);
    *result = check.result;
    return pid > 0;
}

int program_check_file(int fd) {
    int result;
    if (probe_has(KERNEL_EXECVE_CHECK) && check_execution(fd, &result)) {
        return result;
    }
    struct stat stat;
    result = sys_fstatat(fd, "", AT_EMPTY_PATH, &stat);
    if (result < 0) {
        return result;
    }
    return S_ISREG(stat.st_mode) ? sys_faccessat2(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS)
                                 : -EACCES;
}

bool program_is_for_this_machine(const ElfW(Ehdr) * header) {
#if defined(__x86_64__)
    const unsigned machine = EM_X86_64;
#elif defined(__aarch64__)
    const unsigned machine = EM_AARCH64;
#endif
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_machine == machine &&
           header->e_ident[EI_CLASS] == ELFCLASS64 &&
           (header->e_type == ET_EXEC || header->e_type == ET_DYN);
}

/* Reads `size` bytes at `offset`. Returns 0, -ENOEXEC for a file that is too short, or -errno. */
static int read_at(int fd, void *buffer, size_t size, uint64_t offset) {
    long count = sys_call(SYS_pread64, fd, (long)buffer, (long)size, (long)offset, 0, 0);
    if (count < 0) {
        return (int)count;
    }
    return (size_t)count == size ? 0 : -ENOEXEC;
}

int program_check_elf(int file) {
    ElfW(Ehdr) header;
    ElfW(Phdr) last;
    int fd = reopen(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fd == -EACCES ? 0 : fd;
    }
    int result = read_at(fd, &header, sizeof header, 0);
    if (result == 0 && (!program_is_for_this_machine(&header) ||
                        header.e_phentsize != sizeof last || header.e_phnum == 0)) {
        result = -ENOEXEC;
    }
    if (result == 0) {
        result =
            read_at(fd, &last, sizeof last, header.e_phoff + (header.e_phnum - 1) * sizeof last);
    }
    sys_close(fd);
    return result;
}
