// SPDX-License-Identifier: Apache-2.0
#include "warm/ended.h"

#include "sys.h"
#include "warm/internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

struct dying {
    struct dying *next;
    int pidfd;
};

static struct dying *dying;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Returns whether it has died; then it is reaped, and its pidfd closed. */
static bool reap(int pidfd, int wait_ms) {
    struct pollfd exit = {.fd = pidfd, .events = POLLIN};
    int result;
    do {
        result = sys_poll(&exit, 1, wait_ms);
    } while (result == -EINTR);
    if (result == 0) {
        return false;
    }
    sys_waitid(P_PIDFD, pidfd, NULL, WEXITED | WNOHANG | __WALL, NULL);
    sys_close(pidfd);
    return true;
}

bool warm_has_ended(const struct warm_helper *helper) {
    struct pollfd exit = {.fd = helper->pidfd, .events = POLLIN};
    return sys_poll(&exit, 1, 0) != 0;
}

bool ended_kill(int pidfd, int wait_ms) {
    sys_pidfd_send_signal(pidfd, SIGKILL, 0);
    if (reap(pidfd, wait_ms)) {
        return true;
    }
    struct dying *later = malloc(sizeof *later);
    if (!later) {
        sys_close(pidfd); /* it stays a zombie until we end */
        return false;
    }
    later->pidfd = pidfd;
    pthread_mutex_lock(&lock);
    later->next = dying;
    dying = later;
    pthread_mutex_unlock(&lock);
    return false;
}

void ended_reap(void) {
    pthread_mutex_lock(&lock);
    for (struct dying **at = &dying; *at;) {
        struct dying *one = *at;
        if (reap(one->pidfd, 0)) {
            *at = one->next;
            free(one);
        } else {
            at = &one->next;
        }
    }
    pthread_mutex_unlock(&lock);
}
