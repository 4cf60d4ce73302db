// SPDX-License-Identifier: Apache-2.0
/* The witness of the tests: prints what a process sees of itself, or behaves as it is told.
 *
 * Usage: probe [STEP...] [--] [ARGUMENT...]
 *
 * The steps are taken in order; without any it is "--report 1". What follows them is only there to
 * be seen in the report:
 *
 *   --report FD           write the report to a descriptor
 *   --report-file PATH    write it to a new file
 *   --read-stdin          read stdin to its end, for the report
 *   --cat                 copy stdin to stdout, to its end
 *   --wait-stdin          wait for the end of stdin
 *   --copy-line           copy one line of stdin to stdout
 *   --window-sizes COUNT  write the size of stdin's window to stdout, and again after each of so
 *                         many SIGWINCH
 *   --say TEXT            write a text to stdout
 *   --say-error TEXT      write a text to stderr
 *   --write-stdout BYTES  write so many bytes to stdout
 *   --write-stderr BYTES  write so many bytes to stderr
 *   --close FD            close a descriptor
 *   --dup FD NEWFD        duplicate a descriptor, without close-on-exec
 *   --ignore SIGNAL       ignore a signal
 *   --fork-cat            fork; the parent goes on, the child does as --cat and exits
 *   --burn MS             use so much CPU time
 *   --touch MIB           use so much memory
 *   --exec PROGRAM        execute another program, with the remaining arguments
 *   --pause               wait for a signal, two minutes at most
 *   --kill-self SIGNAL
 *   --exit CODE
 *
 * The report is lines of key=value. Bytes outside of printable ASCII and the backslash are written
 * as \xHH. Nothing is buffered across steps. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FAILURE 120

static char **arguments;
static int argument_count;

/* What --read-stdin has read. */
static unsigned char *input;
static size_t input_size;

_Noreturn static void fail(const char *what) {
    int error = errno;
    dprintf(2, "probe: %s: %s\n", what, strerror(error));
    _exit(FIRST_FAILURE);
}

static void write_all(int fd, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0) {
            fail("write");
        }
        at += written;
        size -= (size_t)written;
    }
}

static size_t read_some(unsigned char *bytes, size_t size) {
    ssize_t count = read(0, bytes, size);
    if (count < 0) {
        fail("read");
    }
    return (size_t)count;
}

/* The report */

static void put_bytes(FILE *out, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (at[i] < ' ' || at[i] > '~' || at[i] == '\\') {
            fprintf(out, "\\x%02x", at[i]);
        } else {
            fputc(at[i], out);
        }
    }
}

static void put_text(FILE *out, const char *key, const char *text) {
    fprintf(out, "%s=", key);
    put_bytes(out, text, strlen(text));
    fputc('\n', out);
}

static void put_link(FILE *out, const char *key, const char *path) {
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target);
    fprintf(out, "%s=", key);
    put_bytes(out, target, length < 0 ? 0 : (size_t)length);
    fputc('\n', out);
}

/* The first line of a file, without its end. */
static void put_line(FILE *out, const char *key, const char *path) {
    char line[256] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t size = read(fd, line, sizeof line - 1);
        line[size < 0 ? 0 : size] = 0;
        line[strcspn(line, "\n")] = 0;
        close(fd);
    }
    put_text(out, key, line);
}

static const char *kind_of(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFIFO:
        return "pipe";
    case S_IFREG:
        return "file";
    case S_IFCHR:
        return "chr";
    case S_IFDIR:
        return "dir";
    case S_IFSOCK:
        return "socket";
    default:
        return "other";
    }
}

/* fd.N=KIND ACCESS FLAGS TARGET, where the flags are any of c (close-on-exec), n (non-blocking), a
 * (appending), or a dash. */
static void put_descriptor(FILE *out, int fd) {
    struct stat stat;
    int status = fcntl(fd, F_GETFL);
    int flags = fcntl(fd, F_GETFD);
    if (status < 0 || flags < 0 || fstat(fd, &stat) < 0) {
        fail("fcntl");
    }
    int mode = status & O_ACCMODE;
    fprintf(out, "fd.%d=%s %s ", fd, kind_of(stat.st_mode),
            status & O_PATH ? "path" : (mode == O_RDONLY ? "r" : (mode == O_WRONLY ? "w" : "rw")));
    if (!(flags & FD_CLOEXEC) && !(status & (O_NONBLOCK | O_APPEND))) {
        fputc('-', out);
    }
    fprintf(out, "%s%s%s ", flags & FD_CLOEXEC ? "c" : "", status & O_NONBLOCK ? "n" : "",
            status & O_APPEND ? "a" : "");

    char path[64];
    char target[PATH_MAX];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, target, sizeof target);
    put_bytes(out, target, length < 0 ? 0 : (size_t)length);
    fputc('\n', out);
}

static void put_descriptors(FILE *out) {
    DIR *directory = opendir("/proc/self/fd");
    if (!directory) {
        fail("/proc/self/fd");
    }
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);
        if (end != entry->d_name && *end == 0 && fd != dirfd(directory)) {
            put_descriptor(out, (int)fd);
        }
    }
    closedir(directory);
}

/* Asks the kernel: libc keeps 32 and 33 to itself and hides them. */
static void put_dispositions(FILE *out) {
    uint64_t blocked = 0;
    uint64_t ignored = 0;
    uint64_t handled = 0;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, sizeof blocked);
    for (int signal = 1; signal <= 64; signal++) {
        uintptr_t action[16] = {0};
        if (syscall(SYS_rt_sigaction, signal, NULL, action, sizeof blocked) < 0) {
            fail("rt_sigaction");
        }
        uint64_t bit = (uint64_t)1 << (signal - 1);
        if (action[0] == (uintptr_t)SIG_IGN) {
            ignored |= bit;
        } else if (action[0] != (uintptr_t)SIG_DFL) {
            handled |= bit;
        }
    }
    fprintf(out, "blocked=%016llx\n", (unsigned long long)blocked);
    fprintf(out, "ignored=%016llx\n", (unsigned long long)ignored);
    fprintf(out, "handled=%016llx\n", (unsigned long long)handled);
}

/* The same as the kernel shows it: SigBlk, SigIgn, SigCgt and their like. */
static void put_status(FILE *out) {
    FILE *status = fopen("/proc/self/status", "re");
    if (!status) {
        fail("/proc/self/status");
    }
    char line[4096];
    while (fgets(line, sizeof line, status)) {
        char *value = strchr(line, ':');
        if (value) {
            *value++ = 0;
            value += strspn(value, " \t");
            value[strcspn(value, "\n")] = 0;
            fprintf(out, "status.%s=", line);
            put_bytes(out, value, strlen(value));
            fputc('\n', out);
        }
    }
    fclose(status);
}

static void put_ids(FILE *out) {
    int parent_death_signal = -1;
    prctl(PR_GET_PDEATHSIG, &parent_death_signal);
    fprintf(out, "pid=%d\nppid=%d\npgrp=%d\nsession=%d\npdeathsig=%d\n", getpid(), getppid(),
            getpgrp(), getsid(0), parent_death_signal);
    fprintf(out, "uid=%u\neuid=%u\ngid=%u\negid=%u\n", getuid(), geteuid(), getgid(), getegid());
    gid_t groups[NGROUPS_MAX > 1024 ? 1024 : NGROUPS_MAX];
    int count = getgroups(sizeof groups / sizeof *groups, groups);
    fprintf(out, "groups=");
    for (int i = 0; i < count; i++) {
        fprintf(out, "%s%u", i ? "," : "", groups[i]);
    }
    fputc('\n', out);
}

/* tty.N=DEVICE SESSION FOREGROUND-GROUP ROWSxCOLUMNS, for what is a terminal. */
static void put_terminal(FILE *out, int fd) {
    struct stat stat;
    struct winsize size;
    if (isatty(fd) && fstat(fd, &stat) == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0) {
        fprintf(out, "tty.%d=%lu %d %d %hux%hu\n", fd, (unsigned long)stat.st_rdev, tcgetsid(fd),
                tcgetpgrp(fd), size.ws_row, size.ws_col);
    }
}

/* The controlling terminal, as the device number that it has in tty.N; 0 without. */
static void put_controlling_terminal(FILE *out) {
    char line[512] = "";
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, line, sizeof line - 1) < 0) {
        fail("/proc/self/stat");
    }
    close(fd);
    const char *rest = strrchr(line, ')');
    int device = 0;
    if (!rest || sscanf(rest, ") %*c %*d %*d %*d %d", &device) != 1) {
        fail("/proc/self/stat");
    }
    fprintf(out, "controlling_terminal=%d\n", device);
}

static void put_limits(FILE *out) {
    for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
        struct rlimit limit;
        if (getrlimit((__rlimit_resource_t)resource, &limit) == 0) {
            fprintf(out, "rlimit.%d=%llu,%llu\n", resource, (unsigned long long)limit.rlim_cur,
                    (unsigned long long)limit.rlim_max);
        }
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        fprintf(out, "rlimit.nofile=%llu,%llu\n", (unsigned long long)files.rlim_cur,
                (unsigned long long)files.rlim_max);
    }
    fprintf(out, "nice=%d\n", getpriority(PRIO_PROCESS, 0));
    put_line(out, "oom_score_adj", "/proc/self/oom_score_adj");
}

/* Classes, policies and modes as the numbers that they are; of the memory nodes those below 64. */
static void put_scheduling(FILE *out) {
    struct sched_param parameter = {0};
    sched_getparam(0, &parameter);
    fprintf(out, "policy=%d %d\n", sched_getscheduler(0), parameter.sched_priority);
    long priority = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
    fprintf(out, "ioprio=%ld %ld\n", priority >> IOPRIO_CLASS_SHIFT,
            priority & ((1 << IOPRIO_CLASS_SHIFT) - 1));
    int mode = -1;
    unsigned long nodes[16] = {0};
    syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, NULL, 0);
    fprintf(out, "mempolicy=%d %lu\n", mode, nodes[0]);
    fprintf(out, "timerslack=%d\n", prctl(PR_GET_TIMERSLACK));
    fprintf(out, "personality=%08x\n", (unsigned)personality(0xffffffff));
}

static void put_report(FILE *out) {
    fprintf(out, "argc=%d\n", argument_count);
    for (int i = 0; i < argument_count; i++) {
        fprintf(out, "argv.%d=", i);
        put_bytes(out, arguments[i], strlen(arguments[i]));
        fputc('\n', out);
    }
    int variable = 0;
    for (char **entry = environ; *entry; entry++) {
        fprintf(out, "env.%d=", variable++);
        put_bytes(out, *entry, strlen(*entry));
        fputc('\n', out);
    }
    put_link(out, "cwd", "/proc/self/cwd");
    put_link(out, "root", "/proc/self/root");
    put_link(out, "exe", "/proc/self/exe");
    put_line(out, "comm", "/proc/self/comm");
    const char *name = (const char *)getauxval(AT_EXECFN);
    put_text(out, "execfn", name ? name : "");
    mode_t mask = umask(0);
    umask(mask);
    fprintf(out, "umask=%04o\n", mask);
    put_ids(out);
    for (int fd = 0; fd <= 2; fd++) {
        put_terminal(out, fd);
    }
    put_controlling_terminal(out);
    put_limits(out);
    put_scheduling(out);
    put_dispositions(out);
    put_status(out);
    if (input) {
        fprintf(out, "stdin.count=%zu\nstdin=", input_size);
        put_bytes(out, input, input_size);
        fputc('\n', out);
    }
}

/* Made in memory first, so that it is one write. The descriptors come first of all, while there are
 * none of our own. */
static void report(int fd, const char *path) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        fail("open_memstream");
    }
    put_descriptors(out);
    put_report(out);
    fprintf(out, "end=\n");
    if (fclose(out) != 0) {
        fail("report");
    }
    if (path) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (fd < 0) {
            fail(path);
        }
    }
    write_all(fd, text, size);
    if (path) {
        close(fd);
    }
    free(text);
}

/* The steps */

static void read_input(void) {
    size_t capacity = 64 * 1024;
    input = malloc(capacity);
    while (input) {
        size_t count = read_some(input + input_size, capacity - input_size);
        if (count == 0) {
            return;
        }
        input_size += count;
        if (input_size == capacity) {
            capacity *= 2;
            input = realloc(input, capacity);
        }
    }
    fail("memory");
}

static void copy_input(int fd) {
    unsigned char bytes[16 * 1024];
    size_t count;
    while ((count = read_some(bytes, sizeof bytes)) > 0) {
        if (fd >= 0) {
            write_all(fd, bytes, count);
        }
    }
}

static void copy_line(void) {
    unsigned char byte;
    do {
        if (read_some(&byte, 1) == 0) {
            errno = ENODATA;
            fail("end of input");
        }
        write_all(1, &byte, 1);
    } while (byte != '\n');
}

static void write_window_sizes(long changes) {
    sigset_t changed;
    sigemptyset(&changed);
    sigaddset(&changed, SIGWINCH);
    sigprocmask(SIG_BLOCK, &changed, NULL); /* or one that comes too soon would be ignored */
    for (;;) {
        struct winsize size;
        if (ioctl(0, TIOCGWINSZ, &size) < 0) {
            fail("TIOCGWINSZ");
        }
        char text[32];
        snprintf(text, sizeof text, "%hux%hu\n", size.ws_row, size.ws_col);
        write_all(1, text, strlen(text));
        int signal;
        if (changes-- == 0) {
            return;
        }
        sigwait(&changed, &signal);
    }
}

/* Lines of 64 bytes, each with its number. */
static void write_pattern(int fd, long size) {
    for (long line = 0; size > 0; line++) {
        char text[65];
        snprintf(text, sizeof text, "%063ld\n", line);
        write_all(fd, text, size < 64 ? (size_t)size : 64);
        size -= 64;
    }
}

static void fork_cat(void) {
    pid_t pid = fork();
    if (pid < 0) {
        fail("fork");
    }
    if (pid == 0) {
        alarm(120);
        copy_input(1);
        _exit(0);
    }
}

static void burn(long ms) {
    volatile uint64_t sum = 0;
    struct timespec used;
    do {
        for (unsigned i = 0; i < 100000; i++) {
            sum += i;
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
}

static void touch(long mib) {
    size_t size = (size_t)mib << 20;
    volatile char *memory = malloc(size);
    if (!memory) {
        fail("memory");
    }
    for (size_t i = 0; i < size; i += 1024) {
        memory[i] = 1;
    }
}

/* Not signal(3), which refuses 32 and 33. */
static void ignore(int signal) {
    const uintptr_t action[16] = {(uintptr_t)SIG_IGN};
    if (syscall(SYS_rt_sigaction, signal, action, NULL, sizeof(uint64_t)) < 0) {
        fail("rt_sigaction");
    }
}

static long number(const char *text) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end) {
        errno = EINVAL;
        fail(text);
    }
    return value;
}

/* Not by raise(3) and sigaction(2), which refuse 32 and 33. Before glibc 2.34 libpthread handles
 * them. */
static void kill_self(int signal) {
    const uint64_t by_default[4] = {0};
    if (signal == 32 || signal == 33) {
        syscall(SYS_rt_sigaction, signal, by_default, NULL, sizeof(uint64_t));
    }
    syscall(SYS_tgkill, getpid(), getpid(), signal);
    pause();
}

/* Takes the step at `argv`. Returns how many arguments it had, or 0 if it is none. */
static int take(char **argv) {
    const char *name = argv[0];
    if (!strcmp(name, "--read-stdin")) {
        read_input();
        return 1;
    }
    if (!strcmp(name, "--cat")) {
        copy_input(1);
        return 1;
    }
    if (!strcmp(name, "--wait-stdin")) {
        copy_input(-1);
        return 1;
    }
    if (!strcmp(name, "--copy-line")) {
        copy_line();
        return 1;
    }
    if (!strcmp(name, "--fork-cat")) {
        fork_cat();
        return 1;
    }
    if (!strcmp(name, "--pause")) {
        alarm(120);
        pause();
        return 1;
    }

    const char *value = argv[1];
    if (!value || strncmp(name, "--", 2) != 0) {
        return 0;
    }
    if (!strcmp(name, "--report")) {
        report((int)number(value), NULL);
    } else if (!strcmp(name, "--report-file")) {
        report(-1, value);
    } else if (!strcmp(name, "--say")) {
        write_all(1, value, strlen(value));
    } else if (!strcmp(name, "--say-error")) {
        write_all(2, value, strlen(value));
    } else if (!strcmp(name, "--write-stdout")) {
        write_pattern(1, number(value));
    } else if (!strcmp(name, "--write-stderr")) {
        write_pattern(2, number(value));
    } else if (!strcmp(name, "--window-sizes")) {
        write_window_sizes(number(value));
    } else if (!strcmp(name, "--close")) {
        close((int)number(value));
    } else if (!strcmp(name, "--dup") && argv[2]) {
        if (dup2((int)number(value), (int)number(argv[2])) < 0) {
            fail("dup2");
        }
        return 3;
    } else if (!strcmp(name, "--ignore")) {
        ignore((int)number(value));
    } else if (!strcmp(name, "--burn")) {
        burn(number(value));
    } else if (!strcmp(name, "--touch")) {
        touch(number(value));
    } else if (!strcmp(name, "--exec")) {
        execv(value, argv + 1);
        fail(value);
    } else if (!strcmp(name, "--kill-self")) {
        kill_self((int)number(value));
    } else if (!strcmp(name, "--exit")) {
        _exit((int)number(value));
    } else {
        return 0;
    }
    return 2;
}

int main(int argc, char **argv) {
    arguments = argv;
    argument_count = argc;
    int at = 1;
    while (at < argc && strcmp(argv[at], "--") != 0) {
        int taken = take(argv + at);
        if (taken == 0) {
            break;
        }
        at += taken;
    }
    if (at == 1) {
        report(1, NULL);
    }
    return 0;
}
