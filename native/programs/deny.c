// SPDX-License-Identifier: Apache-2.0
/* Runs a program under a seccomp filter, as containers, services and old kernels have one.
 * Usage: deny RULE... -- PROGRAM ARGS...
 *
 *   CALL=ANSWER                   such as statx=ENOSYS
 *   CALL:ARGUMENT=VALUE=ANSWER    where its argument, counted from 0, is that: waitid:0=3=kill
 *   CALL:ARGUMENT&MASK=VALUE=ANSWER    where these bits of it are: clone:0&0x1000=0x1000=EPERM
 *   CALL                          with or without a condition: is allowed
 *   default=ANSWER                for what no rule is about; without it that is allowed
 *   @FILE                         rules of a file, parted by white space; # begins a comment
 *
 * ANSWER is allow, an error, trap (SIGSYS), thread (kills the thread) or kill (the process); a call
 * is given by name or number, an error likewise. The first rule that fits counts. */
#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
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

#if __BYTE_ORDER != __LITTLE_ENDIAN
#error "the halves of an argument lie the other way round"
#endif

struct entry {
    const char *name;
    unsigned value;
};

static const struct entry calls[] = {
/* All that the system's headers know. */
#include "syscalls.h"
    /* By number where they are older; new calls have one number everywhere. */
    {"pidfd_send_signal", 424}, {"pidfd_open", 434},  {"clone3", 435},     {"close_range", 436},
    {"openat2", 437},           {"pidfd_getfd", 438}, {"faccessat2", 439}, {NULL, 0},
};

static const struct entry answers[] = {
    {"allow", SECCOMP_RET_ALLOW},           {"trap", SECCOMP_RET_TRAP},
    {"thread", SECCOMP_RET_KILL_THREAD},    {"kill", SECCOMP_RET_KILL_PROCESS},
    {"EPERM", SECCOMP_RET_ERRNO | EPERM},   {"ENOENT", SECCOMP_RET_ERRNO | ENOENT},
    {"EAGAIN", SECCOMP_RET_ERRNO | EAGAIN}, {"ENOMEM", SECCOMP_RET_ERRNO | ENOMEM},
    {"EACCES", SECCOMP_RET_ERRNO | EACCES}, {"EINVAL", SECCOMP_RET_ERRNO | EINVAL},
    {"EMFILE", SECCOMP_RET_ERRNO | EMFILE}, {"E2BIG", SECCOMP_RET_ERRNO | E2BIG},
    {"ENOSYS", SECCOMP_RET_ERRNO | ENOSYS}, {NULL, 0},
};

static struct sock_filter instructions[BPF_MAXINSNS];
static struct sock_fprog filter = {0, instructions};
static unsigned standard = SECCOMP_RET_ALLOW;

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "deny: %s: %s\n", what, detail);
    exit(125);
}

static const struct entry *look_up(const struct entry *table, const char *name) {
    while (table->name && strcmp(table->name, name) != 0) {
        table++;
    }
    return table->name ? table : NULL;
}

/* The number that `*text` begins with, and `*text` moved behind it. */
static uint64_t number(const char **text) {
    char *end;
    uint64_t value = strtoull(*text, &end, 0);
    if (end == *text) {
        fail("no number", *text);
    }
    *text = end;
    return value;
}

static unsigned answer(const char *text) {
    const struct entry *entry = look_up(answers, text);
    return entry ? entry->value : SECCOMP_RET_ERRNO | (unsigned)number(&text);
}

/* One instruction; those that compare skip `if_so` or `if_not` further ones. */
static void add(unsigned code, uint64_t value, unsigned if_so, unsigned if_not) {
    if (filter.len == BPF_MAXINSNS) {
        fail("rules", "too many");
    }
    instructions[filter.len++] = (struct sock_filter)BPF_JUMP(
        (unsigned short)code, (unsigned)value, (unsigned char)if_so, (unsigned char)if_not);
}

static void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }

static void skip_if(uint64_t value, unsigned count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, count, 0);
}

static void skip_unless(uint64_t value, unsigned count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
}

static void finish(unsigned answer) { add(BPF_RET | BPF_K, answer, 0, 0); }

static void compare_half(size_t offset, uint64_t mask, uint64_t value, unsigned count) {
    load(offset);
    add(BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
    skip_unless(value, count);
}

/* ARGUMENT[&MASK]=VALUE at `*text`, which is moved behind it: six instructions, and one that is
 * skipped where it does not hold. */
static void compare(const char **text) {
    size_t offset = offsetof(struct seccomp_data, args) + 8 * number(text);
    uint64_t mask = UINT64_MAX;
    if (**text == '&') {
        ++*text;
        mask = number(text);
    }
    if (*(*text)++ != '=') {
        fail("no =VALUE in a condition", *text - 1);
    }
    uint64_t value = number(text);
    compare_half(offset, mask & UINT32_MAX, value & UINT32_MAX, 4);
    compare_half(offset + 4, mask >> 32, value >> 32, 1);
}

/* `missing_is_allowed`: as in a list for several architectures. */
static void append(const char *rule, int missing_is_allowed) {
    char name[64] = "";
    size_t length = strcspn(rule, ":=");
    const char *rest = rule + length;
    memcpy(name, rule, length < sizeof name ? length : 0);
    if (strcmp(name, "default") == 0 && *rest == '=') {
        standard = answer(rest + 1);
        return;
    }
    const struct entry *call = look_up(calls, name);
    if (!call && missing_is_allowed) {
        return;
    }
    const char *digits = name;
    uint64_t value = call ? call->value : number(&digits);

    load(offsetof(struct seccomp_data, nr));
    skip_unless(value, *rest == ':' ? 7 : 1);
    if (*rest == ':') {
        rest++;
        compare(&rest);
    }
    finish(*rest == '=' ? answer(rest + 1) : SECCOMP_RET_ALLOW);
}

static void append_file(const char *path) {
    char line[512];
    FILE *file = fopen(path, "r");
    if (!file) {
        fail(path, strerror(errno));
    }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "#")] = 0;
        for (char *rule = strtok(line, " \t\n"); rule; rule = strtok(NULL, " \t\n")) {
            append(rule, 1);
        }
    }
    fclose(file);
}

int main(int argc, char **argv) {
    load(offsetof(struct seccomp_data, arch));
    /* Another architecture's numbers mean other calls. */
    skip_if(ARCHITECTURE, 1);
    finish(SECCOMP_RET_ALLOW);
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (argv[i][0] == '@') {
            append_file(argv[i] + 1);
        } else {
            append(argv[i], 0);
        }
    }
    finish(standard);
    if (i + 1 >= argc) {
        fail("usage", "deny RULE... -- PROGRAM ARGS...");
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
