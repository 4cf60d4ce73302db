// SPDX-License-Identifier: Apache-2.0
#include "warm/current.h"

#include "warm/check.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <string.h>

static enum warm_reason check_key(const struct warm_helper *helper, const struct request *request) {
    size_t at = 0;
    for (char **variable = request->envp; *variable; variable++) {
        if (!check_is_read_by_linker(*variable)) {
            continue;
        }
        if (at == helper->key_size || strcmp(*variable, helper->key + at) != 0) {
            return WARM_OTHER_ENVIRONMENT;
        }
        at += strlen(*variable) + 1;
    }
    return at == helper->key_size ? WARM_STARTED : WARM_OTHER_ENVIRONMENT;
}

static enum warm_reason check_files(struct warm_helper *helper, const struct request *request) {
    struct identity now;
    if (strcmp(request->program, helper->program) != 0) {
        return WARM_OTHER_PROGRAM;
    }
    /* The path itself at each start: a directory or a link in it may lead elsewhere by now. */
    if (identity_read(AT_FDCWD, request->program, &now) < 0 ||
        !identity_equal(&now, &helper->identity) || watch_is_stale(&helper->watch)) {
        return WARM_STALE;
    }
    /* The program may have been replaced between the template and the helper. */
    bool is_expected = !request->identity || identity_equal(&now, request->identity);
    return is_expected ? WARM_STARTED : WARM_OTHER_PROGRAM;
}

bool current_may_use(const struct warm_helper *helper) {
    /* A caller that may not trace both gets an error; 0 says that they are the same. */
    long tid = sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
    return sys_call(SYS_kcmp, tid, helper->pid, KCMP_FS, 0, 0, 0) == 0;
}

static enum warm_reason check_state(const struct warm_helper *helper) {
    struct state now;
    if (!current_may_use(helper)) {
        return warm_has_ended(helper) ? WARM_BROKEN : WARM_NO_ACCESS;
    }
    if (state_read(&helper->files, &helper->state, &now) < 0) {
        return WARM_OTHER_AUTHORITY;
    }
    return state_compare(&helper->state, &now);
}

bool current_keeps_children(void) {
    struct sys_sigaction action;
    return sys_sigaction(SIGCHLD, NULL, &action) == 0 && action.handler != (uintptr_t)SIG_IGN &&
           !(action.flags & SA_NOCLDWAIT);
}

enum warm_reason current_check(struct warm_helper *helper, const struct request *request) {
    enum warm_reason reason = check_files(helper, request);
    if (reason == WARM_STARTED) {
        reason = check_key(helper, request);
    }
    if (reason == WARM_STARTED && !current_keeps_children()) {
        reason = WARM_SIGCHLD_IGNORED; /* a short one would be gone before we have its pidfd */
    }
    return reason == WARM_STARTED ? check_state(helper) : reason;
}
