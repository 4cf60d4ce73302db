// SPDX-License-Identifier: Apache-2.0
/* What a program that was started warm says and does is, byte for byte, what it says and does after
 * a cold start: for real programs, with several environments, as root and as somebody else. */
#include "warm/warm.h"

#include "block.h"
#include "builder.h"
#include "check.h"
#include "slot.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <string.h>

#define CAPACITY ((size_t)512 * 1024)
#define DEADLINE_MS 30000
#define MOST_OUTPUT ((size_t)1024 * 1024)
#define WARM_STARTS 2

/* What came of a start. */
struct outcome {
    int status; /* as waitpid(2) has it */
    size_t sizes[2];
    char *outputs[2]; /* stdout, stderr */
};

/* A command, whose first word is the program's path. */
typedef const char *const command[8];

static const command commands[] = {
    {"/bin/true"},
    {"/bin/false"},
    {"/bin/echo", "-n", "two words", "", "end"},
    {"/bin/cat", "/proc/self/cmdline"},
    {"/bin/cat", "/proc/self/environ"},
    {"/bin/cat", "/proc/self/comm"},
    {"/bin/cat", "/proc/self/limits"},
    {"/bin/cat", "/proc/self/cgroup", "/proc/self/loginuid", "/proc/self/oom_score_adj",
     "/proc/self/coredump_filter", "/proc/self/personality", "/proc/self/timerslack_ns"},
    {"/bin/cat", "/no/such/file"},
    {"/usr/bin/readlink", "/proc/self/exe", "/proc/self/cwd", "/proc/self/root"},
    {"/bin/ls", "/proc/self/fd"},
    {"/bin/ls", "-la", "/etc"},
    {"/usr/bin/grep", "-E",
     "^(Name|Umask|Uid|Gid|Groups|Seccomp|NoNewPrivs|Cap|Sig[PBIC]|Shd|Threads)",
     "/proc/self/status"},
    {"/usr/bin/grep", "-c", "root", "/etc/passwd"},
    {"/usr/bin/env"},
    {"/usr/bin/printenv"},
    {"/usr/bin/id"},
    {"/usr/bin/sed", "-n", "s/root/toor/p", "/etc/passwd"},
    {"/usr/bin/awk", "BEGIN { for (i = 0; i < ARGC; i++) print ARGV[i]; print ENVIRON[\"A\"] }",
     "x"},
    {"/usr/bin/find", "/etc", "-maxdepth", "1", "-name", "p*"},
    {"/usr/bin/sort", "-r", "/etc/passwd"},
    {"/usr/bin/wc", "/etc/passwd"},
    {"/usr/bin/head", "-c", "100", "/etc/passwd"},
    {"/usr/bin/date", "-u", "-d", "@0"},
    {"/bin/sh", "-c", "echo $0 $# \"$@\"; ulimit -a; umask; pwd; trap; exit 3", "name", "1", "2"},
    {"/bin/sh", "-c", "kill -TERM $$"},
    {"/bin/sh", "-c", "echo out; echo err >&2; set"},
    {"/bin/bash", "-c", "declare -x; echo $BASH $SHLVL $- $BASH_EXECUTION_STRING"},
    {"/bin/bash", "-c", "type -a ls; cat <(echo sub) | tr a-z A-Z; wait"},
    {"/usr/bin/perl", "-e",
     "print \"$0 $^X @ARGV\\n\"; print \"$_=$ENV{$_}\\n\" for sort keys %ENV"},
    {"/usr/bin/perl", "-e",
     "$SIG{ALRM} = sub { print \"alarm\\n\"; exit 5 }; kill ALRM => $$; sleep 1"},
    {"/usr/bin/git", "--version"},
    {"/usr/bin/git", "config", "--list"},
    {"/usr/bin/gcc", "--version"},
    {"/usr/bin/gcc", "-v"},
    {"/usr/bin/rg", "--version"},
    {"/usr/bin/node", "-p", "process.argv0 + process.execPath + process.env.A"},
    {"/usr/bin/tar", "--version"},
    {"/usr/bin/expr", "3", "*", "4"},
    {"/usr/bin/seq", "1", "2000"},
    {"/usr/bin/xargs", "--version"},
    {"/usr/bin/getconf", "ARG_MAX"},
    {"/usr/bin/nproc"},
    {"/usr/bin/tty"},
    {"/usr/bin/stty", "-a"},
    {"/usr/bin/make", "--version"},
    {"/usr/bin/openssl", "version"},
    {"/usr/bin/gzip", "-h"},
    {"/usr/bin/file", "/bin/true"},
    {"/usr/bin/locale"},
    {"/usr/bin/iconv", "-l"},
    {"/usr/bin/uname", "-a"},
    {"/usr/bin/stat", "-c", "%n %s %U %a", "/etc/passwd"},
    {"/usr/bin/cut", "-d:", "-f1", "/etc/passwd"},
    {"/usr/bin/tac", "/etc/passwd"},
    {"/usr/bin/md5sum", "/etc/passwd"},
    {"/usr/bin/dd", "if=/etc/passwd", "count=1", "status=none"},
    {"/usr/bin/timeout", "10", "/bin/echo", "from another program"},
    {"/usr/bin/nice", "-n", "3", "/usr/bin/nice"},
    {NATIVE_BIN "/descriptors"},
    {NATIVE_BIN "/environment"},
    {NATIVE_BIN "/auxv"},
    {NATIVE_BIN "/linked", "one", "", "two words"},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

#define MANY "PATH=/usr/bin:/bin", "HOME=/", "TERM=dumb"

typedef const char *const variables[16];

static char big[60000] = "BIG=";

static const variables environments[] = {
    {"PATH=/usr/bin:/bin", "A=b"},
    {NULL},
    {MANY, "LC_ALL=C.UTF-8", "A=", "EMPTY=", "NOVALUE", "=odd", "A=twice"},
    {MANY, "LC_ALL=C", "TZ=UTC", "GIT_CONFIG_NOSYSTEM=1", "POSIXLY_CORRECT=1", big},
    {MANY, "LD_BIND_NOW=1", "MALLOC_PERTURB_=7", "LANG=C"},
    {MANY, "LD_LIBRARY_PATH=/tmp", "GLIBC_TUNABLES=glibc.malloc.check=0"},
};
#define ENVIRONMENTS (sizeof environments / sizeof environments[0])

static struct builder begin(const char *const argv[], const char *const envp[]) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = REQUEST_STRATEGY_CLONE3;
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 2);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, argv, envp);
    return b;
}

/* Reads both outputs to their ends, and waits for the exit. */
static struct outcome await(const struct builder *b) {
    struct outcome outcome = {0};
    struct pollfd ends[2];
    for (int i = 0; i < 2; i++) {
        outcome.outputs[i] = malloc(MOST_OUTPUT);
        ends[i] = (struct pollfd){builder_source(b, (uint32_t)i + 1)->peer, POLLIN, 0};
    }
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        CHECK(poll(ends, 2, 30000) > 0);
        for (int i = 0; i < 2; i++) {
            if (!ends[i].revents) {
                continue;
            }
            long size = read(ends[i].fd, outcome.outputs[i] + outcome.sizes[i],
                             MOST_OUTPUT - outcome.sizes[i]);
            CHECK(size >= 0);
            outcome.sizes[i] += (size_t)size;
            if (size == 0) {
                close(ends[i].fd);
                ends[i].fd = -1;
            }
        }
    }
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &outcome.status, 0), builder_header(b)->pid);
    close(builder_header(b)->pidfd);
    return outcome;
}

static void forget(struct outcome *outcome) {
    free(outcome->outputs[0]);
    free(outcome->outputs[1]);
}

static void check_same(const struct outcome *cold, const struct outcome *warm,
                       const char *const argv[], size_t environment) {
    for (int i = 0; i < 2; i++) {
        if (cold->sizes[i] != warm->sizes[i] ||
            memcmp(cold->outputs[i], warm->outputs[i], cold->sizes[i]) != 0) {
            fprintf(stderr, "%s %s, environment %zu, output %d:\ncold: %.*s\nwarm: %.*s\n", argv[0],
                    argv[1] ? argv[1] : "", environment, i + 1, (int)cold->sizes[i],
                    cold->outputs[i], (int)warm->sizes[i], warm->outputs[i]);
            exit(1);
        }
    }
    CHECK_EQUAL(warm->status, cold->status);
}

/* Makes a helper where there is none, or none for the variables that the linker reads. */
static void provide(struct warm_helper **helper, const char *const argv[],
                    const char *const envp[]) {
    int error;
    struct builder b = begin(argv, envp);
    if (*helper) {
        warm_free(*helper);
    }
    enum warm_reason reason = warm_make(b.memory, b.capacity, DEADLINE_MS, helper, &error);
    if (reason != WARM_STARTED) {
        fprintf(stderr, "no helper for %s: reason %d, errno %d\n", argv[0], reason, error);
        exit(1);
    }
    block_free(b.memory, b.capacity);
}

static struct outcome start_warm(struct warm_helper **helper, const char *const argv[],
                                 const char *const envp[]) {
    int result;
    struct builder b = begin(argv, envp);
    enum warm_reason reason = *helper
                                  ? warm_start(*helper, b.memory, b.capacity, DEADLINE_MS, &result)
                                  : WARM_OTHER_ENVIRONMENT;
    if (reason == WARM_OTHER_ENVIRONMENT) {
        provide(helper, argv, envp);
        reason = warm_start(*helper, b.memory, b.capacity, DEADLINE_MS, &result);
    }
    CHECK_EQUAL(reason, WARM_STARTED);
    CHECK_EQUAL(result, 0);
    struct outcome outcome = await(&b);
    block_free(b.memory, b.capacity);
    return outcome;
}

static struct outcome start_cold(const char *const argv[], const char *const envp[]) {
    struct builder b = begin(argv, envp);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    struct outcome outcome = await(&b);
    block_free(b.memory, b.capacity);
    return outcome;
}

/* Compares with each environment, and returns how many starts were warm. */
static int compare(const char *const argv[]) {
    struct warm_helper *helper = NULL;
    int count = 0;
    for (size_t i = 0; i < ENVIRONMENTS; i++) {
        struct outcome cold = start_cold(argv, environments[i]);
        for (int j = 0; j < WARM_STARTS; j++) {
            struct outcome warm = start_warm(&helper, argv, environments[i]);
            check_same(&cold, &warm, argv, i);
            forget(&warm);
            count++;
        }
        forget(&cold);
    }
    warm_free(helper);
    return count;
}

static void compare_all(void) {
    int count = 0;
    int programs = 0;
    for (size_t i = 0; i < COMMANDS; i++) {
        if (access(commands[i][0], X_OK) != 0) {
            printf("skipped, not installed: %s\n", commands[i][0]);
            continue;
        }
        programs++;
        count += compare(commands[i]);
    }
    printf("%d warm starts of %d commands are the same: ", count, programs);
    check_no_child();
}

static void are_the_same(void) { compare_all(); }

static void are_the_same_for_an_ordinary_user(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(setgroups(0, NULL), 0);
    CHECK_EQUAL(setgid(65534), 0);
    CHECK_EQUAL(setuid(65534), 0);
    compare_all();
}

int main(void) {
    memset(big + strlen(big), 'x', sizeof big - strlen(big) - 1);
    RUN(are_the_same);
    RUN(are_the_same_for_an_ordinary_user);
    return 0;
}
