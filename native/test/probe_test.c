/* The probe finds out what is allowed without being hurt by what is not. */
#include "probe.h"

#include "check.h"

#include <string.h>

static const struct {
    const char *call;
    uint64_t capabilities; /* what is gone without it */
} calls[] = {
    {"clone3", KERNEL_CLONE3 | KERNEL_CLONE_INTO_CGROUP},
    {"pidfd_open", KERNEL_PIDFD_OPEN | KERNEL_PIDFD_SEND_SIGNAL | KERNEL_PIDFD_GROUP_SIGNAL |
                       KERNEL_WAITID_PIDFD},
    {"pidfd_send_signal", KERNEL_PIDFD_SEND_SIGNAL | KERNEL_PIDFD_GROUP_SIGNAL},
    {"pidfd_send_signal:3=4", KERNEL_PIDFD_GROUP_SIGNAL},
    {"close_range", KERNEL_CLOSE_RANGE},
    {"openat2", KERNEL_OPENAT2},
    {"faccessat2", KERNEL_FACCESSAT2},
    {"execveat", KERNEL_EXECVEAT | KERNEL_EXECVE_CHECK},
};

static const char *self;

/* What is found without a filter, by a process of its own. */
static uint64_t all;

/* The second answer is the first one. */
static void probe_capabilities_answers_the_same_twice(void) {
    uint64_t first = probe_capabilities();
    CHECK_EQUAL(probe_capabilities(), first);
    CHECK(probe_has(0));
    CHECK_EQUAL(probe_has(KERNEL_CLONE3), (first & KERNEL_CLONE3) != 0);
}

/* Neither a child nor a descriptor is left. */
static void probe_capabilities_leaves_nothing(void) {
    int before = check_count_open();
    probe_capabilities();
    CHECK_EQUAL(check_count_open(), before);
    check_no_child();
}

/* A table without room does not make the kernel look poorer. */
static void probe_capabilities_survives_full_table(void) {
    while (dup(1) >= 0) {
    }
    CHECK_EQUAL(probe_capabilities(), all);
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
            CHECK_EQUAL(capabilities_under(rule), all & ~calls[i].capabilities);
        }
    }
}

/* All of them at once. */
static void probe_capabilities_survives_a_filter_that_kills_all(void) {
    char rules[512] = "";
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        snprintf(rules + strlen(rules), sizeof rules - strlen(rules), "%s=kill ", calls[i].call);
    }
    CHECK_EQUAL(capabilities_under(rules), 0);
}

int main(int argc, char **argv) {
    (void)argc;
    self = argv[0];
    if (argv[1] && strcmp(argv[1], "print") == 0) {
        printf("%llu\n", (unsigned long long)probe_capabilities());
        check_no_child();
        return 0;
    }
    all = capabilities_under("");
    RUN(probe_capabilities_answers_the_same_twice);
    RUN(probe_capabilities_leaves_nothing);
    RUN(probe_capabilities_survives_full_table);
    RUN(probe_capabilities_survives_filters);
    RUN(probe_capabilities_survives_a_filter_that_kills_all);
    return 0;
}
