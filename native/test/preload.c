// SPDX-License-Identifier: Apache-2.0
/* A preloaded library that ends every process which calls it between clone and exec: what a child
 * that shares our memory does must not be interposed. PreloadTest.java compiles and uses it. */
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long owner;

/* Before main, and again in each program that is executed. */
__attribute__((constructor)) static void remember_owner(void) { owner = syscall(SYS_getpid); }

static void *next(const char *name) {
    if (owner && syscall(SYS_getpid) != owner) {
        syscall(SYS_write, 2, "interposed in the child: ", 25);
        syscall(SYS_write, 2, name, strlen(name));
        syscall(SYS_exit_group, 99);
    }
    return dlsym(RTLD_NEXT, name);
}

#define INTERPOSE(type, name, parameters, arguments)                                               \
    __attribute__((visibility("default"))) type name parameters {                                  \
        return ((type(*) parameters)next(#name))arguments;                                         \
    }

INTERPOSE(int, close, (int fd), (fd))
INTERPOSE(int, dup2, (int fd, int newfd), (fd, newfd))
INTERPOSE(int, dup3, (int fd, int newfd, int flags), (fd, newfd, flags))
INTERPOSE(int, chdir, (const char *path), (path))
INTERPOSE(int, fchdir, (int fd), (fd))
INTERPOSE(ssize_t, read, (int fd, void *buffer, size_t size), (fd, buffer, size))
INTERPOSE(ssize_t, write, (int fd, const void *buffer, size_t size), (fd, buffer, size))
INTERPOSE(int, execve, (const char *path, char *const argv[], char *const envp[]),
          (path, argv, envp))
INTERPOSE(int, sigaction, (int number, const struct sigaction *action, struct sigaction *old),
          (number, action, old))
INTERPOSE(int, sigprocmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
INTERPOSE(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
