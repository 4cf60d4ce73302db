// SPDX-License-Identifier: Apache-2.0
#include "foreground.h"

#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>

int foreground_is_ours(int terminal) {
    int current;
    int result = sys_ioctl(terminal, TIOCGPGRP, &current);
    return result < 0 ? result : current == sys_getpgid(0);
}

static bool is_gone(int group) {
    return group <= 0 || sys_call(SYS_kill, -group, 0, 0, 0, 0, 0) == -ESRCH;
}

int foreground_take_back(int terminal, int group) {
    int current;
    int result = sys_ioctl(terminal, TIOCGPGRP, &current);
    if (result < 0) {
        return result;
    }
    int own = sys_getpgid(0);
    if (current == own || (current != group && !is_gone(current))) {
        return 0;
    }
    /* Otherwise it stops all of us: we are in the background. */
    const signal_set stop = (signal_set)1 << (SIGTTOU - 1);
    signal_set mask;
    sys_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&stop, (long)&mask, sizeof stop, 0, 0);
    result = sys_ioctl(terminal, TIOCSPGRP, &own);
    sys_sigmask(&mask, NULL);
    return result;
}
