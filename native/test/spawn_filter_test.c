// SPDX-License-Identifier: Apache-2.0
/* spawn() where a filter refuses calls, or /proc is missing. */
#include "spawn_requests.h"

#include "probe.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

static const char *self;

/* Runs a case of this program under a filter. */
static void run_under(const char *rules) {
    char command[512];
    snprintf(command, sizeof command, "%s/deny %s -- %s '%s'", NATIVE_BIN, rules, self, rules);
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(1);
    }
}

/* Each call that a filter may refuse has a rung below it. */
static void spawn_steps_down_under_filters(void) {
    const char *const refused[] = {
        "clone3=ENOSYS",
        "clone3=EPERM",
        "clone3=EINVAL",
        "clone3=E2BIG",
        "close_range=EPERM",
        "close_range:2=4=EINVAL", /* CLOSE_RANGE_CLOEXEC, Linux 5.11 */
        "openat2=ENOSYS",
        "faccessat2=ENOSYS",
        "execveat=ENOSYS",
        "clone3=kill",
        "close_range=kill",
        "openat2=kill",
        "close_range=ENOSYS",
        "faccessat2=kill",
        "pidfd_open=EPERM",
        "pidfd_open=ENOSYS",
        "pidfd_open=kill",
        "openat2=EPERM",
        "clone3=EPERM close_range=EPERM openat2=EPERM pidfd_open=EPERM",
        "memfd_create=kill",
        "statx=kill",
        "pidfd_send_signal=kill",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        run_under(refused[i]);
    }
}

/* Without close_range(2) and without /proc, where nothing tells what is open. */
static void spawn_works_without_proc(void) {
    if (unshare(CLONE_NEWNS) != 0) {
        puts("skipped: only root can take /proc away");
        return;
    }
    CHECK_EQUAL(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    CHECK_EQUAL(mount("none", "/proc", "tmpfs", 0, NULL), 0);
    run_under("close_range=ENOSYS");
}

/* The case that runs under a filter: an action of each kind that the filters are about. */
static int under_filter(const char *rules) {
    slots_reserve(probe_has(KERNEL_MEMFD_CREATE));
    FOR_EACH_STRATEGY(strategy) {
        bool posix = strategy == REQUEST_STRATEGY_POSIX_SPAWN;
        /* glibc makes its threads and children by clone3(2), and steps down for ENOSYS only. */
        if (posix && strstr(rules, "clone3=") && !strstr(rules, "clone3=ENOSYS")) {
            continue;
        }
        uint64_t missing = 0;
        if (posix && strstr(rules, "pidfd_open=")) {
            missing = KERNEL_PIDFD_OPEN;
        } else if (posix && strstr(rules, "close_range=kill")) {
            missing = KERNEL_CLOSE_RANGE_ANSWERED; /* glibc closes ranges itself */
        } else if (posix && access("/proc/self/fd", F_OK) != 0) {
            missing = KERNEL_CLOSE_RANGE; /* and steps down for any error, to /proc */
        }
        struct builder b = begin(strategy);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
        builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 3)->text = builder_text(&b, "/dev/null");
        close_above(&b, 3);
        if (missing) {
            CHECK_EQUAL(run(&b, EXIT_7), -ENOSYS);
            CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_CAPABILITY);
            CHECK_EQUAL((uint64_t)1 << builder_header(&b)->index, missing);
        } else {
            char text[512];
            output_of(&b, DESCRIPTORS, text, sizeof text);
            check_text(text, "0 1 2 3\n");
        }
        check_no_child();
        discard(&b);
    }
    return 0;
}

int main(int argc, char **argv) {
    self = argv[0];
    if (argc > 1) {
        return under_filter(argv[1]);
    }
    RUN(spawn_steps_down_under_filters);
    RUN(spawn_works_without_proc);
    return 0;
}
