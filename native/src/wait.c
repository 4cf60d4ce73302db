// SPDX-License-Identifier: Apache-2.0
#include "wait.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

/* PIDFD_GET_INFO of linux/pidfd.h, which the headers of older systems lack. */
struct pidfd_info {
    uint64_t mask;
    uint64_t cgroup_id;
    uint32_t ids[11];
    int32_t exit_code;
};
#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)
#define PIDFD_INFO_EXIT ((uint64_t)1 << 3)

/* Of asking for an exit that is about to be kept. */
#define MOST_TRIES 10000

/* The exit of a child that somebody else has reaped: the pidfd keeps it from kernel 6.15 on.
 *
 * While he is at it the child cannot be waited for any more, but its exit is not kept yet either,
 * so we ask until it is there or the child is gone; and then once more, as the kernel looks for the
 * exit first and for the child afterwards. */
static int ask_pidfd(int pidfd, struct wait_result *result) {
    struct pidfd_info info;
    bool gone = false;
    for (int tries = 0;; tries++) {
        info = (struct pidfd_info){.mask = PIDFD_INFO_EXIT};
        int error = sys_ioctl(pidfd, PIDFD_GET_INFO, &info);
        if (error == 0 && info.mask & PIDFD_INFO_EXIT) {
            break;
        }
        if (gone || tries == MOST_TRIES || (error < 0 && error != -ESRCH)) {
            return -ECHILD;
        }
        gone = error == -ESRCH;
        sys_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
    }
    int status = info.exit_code;
    if (WIFEXITED(status)) {
        result->info.code = CLD_EXITED;
        result->info.status = WEXITSTATUS(status);
    } else {
        result->info.code = WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
        result->info.status = WTERMSIG(status);
    }
    return 1;
}

static int ask(int pidfd, int options, struct wait_result *result) {
    memset(result, 0, sizeof *result);
    int error = sys_waitid(P_PIDFD, pidfd, &result->info, WEXITED | WNOHANG | __WALL | options,
                           &result->usage);
    if (error == -ECHILD) {
        return ask_pidfd(pidfd, result);
    }
    return error < 0 ? error : result->info.pid != 0;
}

int wait_reap(int pidfd, struct wait_result *result) { return ask(pidfd, 0, result); }

int wait_peek(int pidfd, struct wait_result *result) { return ask(pidfd, WNOWAIT, result); }

bool wait_has_children(void) {
    int options = WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL | __WNOTHREAD;
    return sys_waitid(P_ALL, 0, NULL, options, NULL) != -ECHILD;
}
