/* Runs a program under a seccomp filter that answers some system calls with an error or with death,
 * as containers and old kernels do.
 * Usage: deny SYSCALL=ERRNO|kill... -- PROGRAM ARGS...
 * SYSCALL is a name of the table below or a number, ERRNO a name of the table below or a number. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no seccomp architecture"
#endif

struct entry {
    const char *name;
    unsigned value;
};

/* By number where the headers of older systems lack the name; new calls have one number
 * everywhere. */
static const struct entry calls[] = {
    {"execveat", SYS_execveat},
    {"memfd_create", SYS_memfd_create},
    {"prctl", SYS_prctl},
    {"statx", SYS_statx},
    {"pidfd_send_signal", 424},
    {"pidfd_open", 434},
    {"clone3", 435},
    {"close_range", 436},
    {"openat2", 437},
    {"pidfd_getfd", 438},
    {"faccessat2", 439},
    {NULL, 0},
};

static const struct entry errors[] = {
    {"EPERM", EPERM},   {"ENOENT", ENOENT}, {"EAGAIN", EAGAIN}, {"ENOMEM", ENOMEM},
    {"EACCES", EACCES}, {"EINVAL", EINVAL}, {"EMFILE", EMFILE}, {"E2BIG", E2BIG},
    {"ENOSYS", ENOSYS}, {NULL, 0},
};

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "deny: %s: %s\n", what, detail);
    exit(125);
}

static unsigned look_up(const struct entry *table, const char *text) {
    for (; table->name; table++) {
        if (strcmp(table->name, text) == 0) {
            return table->value;
        }
    }
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end) {
        fail("neither known nor a number", text);
    }
    return (unsigned)number;
}

static struct sock_filter statement(unsigned code, unsigned value) {
    return (struct sock_filter)BPF_STMT((unsigned short)code, value);
}

/* Goes on where the accumulator is `value`, else skips `count`. */
static struct sock_filter skip_unless(unsigned value, unsigned count) {
    return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (unsigned char)count);
}

/* SYSCALL=ANSWER, as two instructions. */
static void append(struct sock_fprog *filter, char *rule) {
    char *answer = strchr(rule, '=');
    if (!answer) {
        fail("no SYSCALL=ERRNO", rule);
    }
    *answer++ = 0;
    filter->filter[filter->len++] = skip_unless(look_up(calls, rule), 1);
    filter->filter[filter->len++] = statement(
        BPF_RET | BPF_K, strcmp(answer, "kill") == 0 ? SECCOMP_RET_KILL_PROCESS
                                                     : SECCOMP_RET_ERRNO | look_up(errors, answer));
}

int main(int argc, char **argv) {
    struct sock_filter instructions[128];
    struct sock_fprog filter = {0, instructions};
    instructions[filter.len++] =
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    /* Another architecture's numbers mean other calls. */
    instructions[filter.len++] = skip_unless(ARCHITECTURE, 1);
    instructions[filter.len++] =
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (filter.len + 3U > sizeof instructions / sizeof instructions[0]) {
            fail("too many rules", argv[i]);
        }
        append(&filter, argv[i]);
    }
    instructions[filter.len++] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    if (i + 1 >= argc) {
        fail("usage", "deny SYSCALL=ERRNO|kill... -- PROGRAM ARGS...");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        fail("prctl", strerror(errno));
    }
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
        fail("seccomp", strerror(errno));
    }
    execvp(argv[i + 1], argv + i + 1);
    fail(argv[i + 1], strerror(errno));
}
