// SPDX-License-Identifier: Apache-2.0
/* The probe finds out what is allowed without being hurt by what is not. */
#include "probe.h"

#include "check.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *call;
    uint64_t capabilities; /* what is gone without it */
    uint64_t answered;     /* what is gone as well where it kills */
} calls[] = {
    {"clone3", KERNEL_CLONE3 | KERNEL_CLONE_INTO_CGROUP, 0},
    {"pidfd_open", KERNEL_PIDFD_OPEN, 0},
    {"pidfd_send_signal", KERNEL_PIDFD_SEND_SIGNAL | KERNEL_PIDFD_GROUP_SIGNAL, 0},
    {"close_range", KERNEL_CLOSE_RANGE, KERNEL_CLOSE_RANGE_ANSWERED},
    {"openat2", KERNEL_OPENAT2, 0},
    {"faccessat2", KERNEL_FACCESSAT2, 0},
    {"execveat", KERNEL_EXECVEAT | KERNEL_EXECVE_CHECK, 0},
    {"memfd_create", KERNEL_MEMFD_CREATE, 0},
};

static const char *self;

/* What is found without a filter, by a process of its own. */
static uint64_t all;

/* What the probe is to meet when it asks for shorter time slices, which this program answers in the
 * place of timeslice.c. Shared, as the probing child is a process of its own. */
static struct meeting {
    int answer;
    int kills; /* of probing children, before one may answer */
} * meeting;

/* Written by whoever asks: a child with memory of its own writes its own. */
static volatile int asked;

int timeslice_halve(void);

int timeslice_halve(void) {
    asked++;
    if (meeting && meeting->kills > 0) {
        meeting->kills--;
        raise(SIGKILL);
    }
    return meeting ? meeting->answer : 0;
}

static uint64_t probed(void) {
    uint64_t capabilities = 0;
    CHECK_EQUAL(probe_capabilities(&capabilities), 0);
    return capabilities;
}

/* The second answer is the first one. */
static void probe_capabilities_answers_the_same_twice(void) {
    uint64_t first = probed();
    CHECK_EQUAL(probed(), first);
    CHECK(probe_has(0));
    CHECK_EQUAL(probe_has(KERNEL_CLONE3), (first & KERNEL_CLONE3) != 0);
}

/* Neither a child nor a descriptor is left. */
static void probe_capabilities_leaves_nothing(void) {
    int before = check_count_open();
    probed();
    CHECK_EQUAL(check_count_open(), before);
    check_no_child();
}

/* A table without room does not make the kernel look poorer. */
static void probe_capabilities_survives_full_table(void) {
    while (dup(1) >= 0) {
    }
    CHECK_EQUAL(probed(), all);
}

/* The asking child does not write into our memory. */
static void probe_capabilities_asks_in_memory_of_its_own(void) {
    CHECK_EQUAL(probed(), all);
    CHECK_EQUAL(asked, 0);
}

/* Where no process can be made nothing is found out, and nothing is remembered. */
static void probe_capabilities_asks_again_after_eagain(void) {
    struct rlimit limit;
    uint64_t found = 1;
    CHECK_EQUAL(getrlimit(RLIMIT_NPROC, &limit), 0);
    const struct rlimit none = {0, limit.rlim_max};
    CHECK_EQUAL(setrlimit(RLIMIT_NPROC, &none), 0);
    if (getuid() == 0) {
        /* Root has as many as it likes. */
        CHECK_EQUAL(setresgid(65533, 65533, 65533), 0);
        CHECK_EQUAL(setresuid(65533, 65533, 65533), 0);
    }
    for (int i = 0; i < 5; i++) {
        CHECK_EQUAL(probe_capabilities(&found), -EAGAIN);
        CHECK_EQUAL(found, 0);
        CHECK(!probe_has(KERNEL_CLOSE_RANGE));
    }
    CHECK_EQUAL(setrlimit(RLIMIT_NPROC, &limit), 0);
    CHECK_EQUAL(probed(), all);
}

/* What the child lacks for a moment is not what the kernel lacks. */
static void probe_capabilities_asks_again_after_a_want(void) {
    uint64_t found;
    meeting->answer = -ENFILE;
    CHECK_EQUAL(probe_capabilities(&found), -ENFILE);
    meeting->answer = 0;
    CHECK_EQUAL(probed(), all);
}

/* A kill that comes from elsewhere says nothing about the call. */
static void probe_capabilities_survives_a_kill_from_elsewhere(void) {
    meeting->kills = 2;
    CHECK_EQUAL(probed(), all);
    CHECK_EQUAL(meeting->kills, 0);
}

/* Runs this test program under a filter; it prints what it has found. */
static uint64_t capabilities_under(const char *rule) {
    char command[512];
    snprintf(command, sizeof command, "%s/deny %s -- %s print", NATIVE_BIN, rule, self);
    FILE *output = popen(command, "r");
    CHECK(output);
    unsigned long long found = 0;
    CHECK_EQUAL(fscanf(output, "%llu", &found), 1);
    CHECK_EQUAL(pclose(output), 0);
    return found;
}

/* A call that is refused, or that kills who makes it, is found missing, and nothing else is. */
static void probe_capabilities_survives_filters(void) {
    const char *const answers[] = {"ENOSYS", "EPERM", "kill"};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (size_t j = 0; j < sizeof answers / sizeof answers[0]; j++) {
            char rule[64];
            snprintf(rule, sizeof rule, "%s=%s", calls[i].call, answers[j]);
            uint64_t gone = calls[i].capabilities;
            gone |= strcmp(answers[j], "kill") == 0 ? calls[i].answered : 0;
            CHECK_EQUAL(capabilities_under(rule), all & ~gone);
        }
    }
}

/* All of them at once. */
static void probe_capabilities_survives_a_filter_that_kills_all(void) {
    char rules[512] = "";
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        snprintf(rules + strlen(rules), sizeof rules - strlen(rules), "%s=kill ", calls[i].call);
    }
    uint64_t rest = all;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        rest &= ~(calls[i].capabilities | calls[i].answered);
    }
    CHECK_EQUAL(capabilities_under(rules), rest);
}

/* What the child does before it asks may be what a filter kills for. */
static void probe_capabilities_survives_a_filter_that_kills_who_forbids_dumps(void) {
    char rule[64];
    snprintf(rule, sizeof rule, "prlimit64:1=%d=kill", RLIMIT_CORE);
    CHECK_EQUAL(capabilities_under(rule), all);
}

int main(int argc, char **argv) {
    (void)argc;
    self = argv[0];
    if (argv[1] && strcmp(argv[1], "print") == 0) {
        printf("%llu\n", (unsigned long long)probed());
        check_no_child();
        return 0;
    }
    all = capabilities_under("");
    CHECK(all & KERNEL_SCHED_ATTR && all & KERNEL_CLONE_PIDFD && all & KERNEL_SPLICE);
    meeting =
        mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(meeting != MAP_FAILED);
    RUN(probe_capabilities_answers_the_same_twice);
    RUN(probe_capabilities_leaves_nothing);
    RUN(probe_capabilities_survives_full_table);
    RUN(probe_capabilities_asks_in_memory_of_its_own);
    RUN(probe_capabilities_asks_again_after_eagain);
    RUN(probe_capabilities_asks_again_after_a_want);
    RUN(probe_capabilities_survives_a_kill_from_elsewhere);
    RUN(probe_capabilities_survives_filters);
    RUN(probe_capabilities_survives_a_filter_that_kills_all);
    RUN(probe_capabilities_survives_a_filter_that_kills_who_forbids_dumps);
    return 0;
}
