// SPDX-License-Identifier: Apache-2.0
/* child_configure(): what the last actions close is left to exec. */
#include "child.h"

#include "block.h"
#include "builder.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/resource.h>

#define CAPACITY ((size_t)16384)
#define LIMIT 100

/* A request that closes all but the standard streams, with a new limit of open files. */
static struct builder limited(void) {
    static const char *const argv[] = {"/bin/true", NULL};
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_add_attribute(&b, REQUEST_LIMIT, RLIMIT_NOFILE);
    builder_attribute(&b, 0)->value = LIMIT;
    builder_attribute(&b, 0)->other = LIMIT;
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end(&b, argv);
    return b;
}

/* Unless a file is opened later: that by which a child in a pid namespace finds its parent. */
static void child_configure_leaves_closing_to_exec(void) {
    static const struct {
        int death_signal;
        uint64_t birth;
        bool is_left;
    } cases[] = {
        {0, 0, true},
        {SIGKILL, 0, true},
        {0, CLONE_NEWPID, true},
        {SIGKILL, CLONE_NEWPID, false},
    };
    if (sys_close_range(~0U, ~0U, CLOSE_RANGE_CLOEXEC) == -EINVAL) {
        printf("skipped, before Linux 5.11 exec cannot be left to close: ");
        return;
    }
    struct builder b = limited();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (check_in_child()) {
            struct request request;
            struct child_failure failure;
            signal_set mask;
            CHECK_EQUAL(request_open(&request, b.memory, b.capacity), 0);
            request.death_signal = cases[i].death_signal;
            request.birth = cases[i].birth;
            request.capabilities = KERNEL_CLOSE_RANGE;
            int fd = open("/dev/null", O_RDONLY);
            CHECK(fd > 2);
            CHECK_EQUAL(child_configure(&request, &mask, &failure), 0);
            CHECK_EQUAL(fcntl(fd, F_GETFD), cases[i].is_left ? FD_CLOEXEC : -1);
            exit(0);
        }
    }
    block_free(b.memory, b.capacity);
}

int main(void) {
    RUN(child_configure_leaves_closing_to_exec);
    return 0;
}
