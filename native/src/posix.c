// SPDX-License-Identifier: Apache-2.0
#include "posix.h"

#include "libc.h"
#include "search.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>

/* Ranges that do not reach the top are closed one by one; longer ones would take too many actions.
 */
#define LONGEST_RANGE 4096

/* What POSIX has not had from the beginning. */
typedef int add_path(posix_spawn_file_actions_t *actions, const char *path);
typedef int add_descriptor(posix_spawn_file_actions_t *actions, int fd);

static struct libc_function add_chdir = {.name = "posix_spawn_file_actions_addchdir_np"};
static struct libc_function add_fchdir = {.name = "posix_spawn_file_actions_addfchdir_np"};
static struct libc_function add_close_from = {.name = "posix_spawn_file_actions_addclosefrom_np"};

static bool expressible(const struct action *action) {
    bool above = action->newfd == -1;
    switch (action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE) {
    case REQUEST_DUP3:
    case REQUEST_FAIL:
    case REQUEST_TCSETPGRP:
    case REQUEST_CONTROLLING_TERMINAL:
        return false;
    case REQUEST_DUP2:
        return action->flags == 0;
    case REQUEST_OPEN:
        return action->fd == AT_FDCWD && action->value == 0 && !(action->flags & O_CLOEXEC);
    case REQUEST_CHDIR:
        return libc_find(&add_chdir);
    case REQUEST_FCHDIR:
        return libc_find(&add_fchdir);
    case REQUEST_SIGMASK:
        /* glibc keeps 32 and 33 to itself and never blocks them. */
        return !(action->value >> 31 & 3);
    case REQUEST_CLOSE_RANGE:
        return action->flags == 0 && (above ? libc_find(&add_close_from) != NULL
                                            : action->newfd - action->fd < LONGEST_RANGE);
    default:
        return true;
    }
}

/* glibc asks close_range(2) to close what lies above, without having asked what is allowed, and
 * goes through /proc where that is refused. */
static int check_close_above(const struct request *request) {
    if (request->capabilities & KERNEL_CLOSE_RANGE) {
        return 0;
    }
    int result = request_require(request, KERNEL_CLOSE_RANGE_ANSWERED);
    if (result == 0) {
        int list = sys_open("/proc/self/fd", O_PATH | O_CLOEXEC, 0);
        result = list < 0 ? request_require(request, KERNEL_CLOSE_RANGE) : sys_close(list);
    }
    return result;
}

static bool is_posix(const struct attribute *attribute) {
    switch (attribute->type) {
    case REQUEST_SESSION:
    case REQUEST_PROCESS_GROUP:
    case REQUEST_SCHEDULER:
    case REQUEST_SCHED_PRIORITY:
    case REQUEST_RESET_IDS:
        return true;
    default:
        return false;
    }
}

int posix_check(const struct request *request) {
    const uint32_t foreign = REQUEST_FLAG_FAILURE_IS_EXIT | REQUEST_FLAG_TRACED;
    bool searches = request->search && !(request->header->flags & REQUEST_FLAG_EXECVP);
    if (request->header->flags & foreign || searches) {
        return request_fail(request, REQUEST_STEP_REQUEST, REQUEST_NO_INDEX, -ENOTSUP);
    }
    for (uint32_t i = 0; i < request->header->attributes_count; i++) {
        if (!is_posix(&request->attributes[i])) {
            return request_fail(request, REQUEST_STEP_ATTRIBUTE, (int)i, -ENOTSUP);
        }
    }
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        if (!expressible(&request->actions[i])) {
            return request_fail(request, REQUEST_STEP_REQUEST, (int)i, -ENOTSUP);
        }
        if (request->actions[i].type == REQUEST_CLOSE_RANGE && request->actions[i].newfd == -1) {
            int result = check_close_above(request);
            if (result < 0) {
                return result;
            }
        }
    }
    return 0;
}

static bool is_open(int fd) { return sys_fcntl(fd, F_GETFD, 0) >= 0; }

static bool is_source(const struct request *request, int fd) {
    for (uint32_t i = 0; i < request->header->sources_count; i++) {
        if (request->sources[i].placed == fd) {
            return true;
        }
    }
    return false;
}

/* Sources are close-on-exec, so sparing them loses nothing. */
static int add_close_range(const struct request *request, posix_spawn_file_actions_t *to, int first,
                           int last) {
    int result = 0;
    int top = last;
    if (last == -1) {
        top = first - 1;
        for (uint32_t i = 0; i < request->header->sources_count; i++) {
            top = request->sources[i].placed > top ? request->sources[i].placed : top;
        }
    }
    for (int fd = first; fd <= top && result == 0; fd++) {
        if (!is_source(request, fd)) {
            result = posix_spawn_file_actions_addclose(to, fd);
        }
    }
    if (result == 0 && last == -1) {
        result = ((add_descriptor *)libc_find(&add_close_from))(to, top + 1);
    }
    /* Says that the limit lies below, so that nothing is open there. */
    return result == EBADF ? 0 : result;
}

static int add(const struct request *request, posix_spawn_file_actions_t *to,
               const struct action *action) {
    int fd = action->type & REQUEST_FD_IS_SOURCE ? request->sources[action->fd].placed : action->fd;
    const char *text = request_text(request, action->text);
    switch (action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE) {
    case REQUEST_CLOSE:
        return posix_spawn_file_actions_addclose(to, fd);
    case REQUEST_DUP2:
        return posix_spawn_file_actions_adddup2(to, fd, action->newfd);
    case REQUEST_OPEN:
        return posix_spawn_file_actions_addopen(to, action->newfd, text, (int)action->flags,
                                                (mode_t)action->mode);
    case REQUEST_FCHDIR:
        return ((add_descriptor *)libc_find(&add_fchdir))(to, fd);
    case REQUEST_CHDIR:
        return ((add_path *)libc_find(&add_chdir))(to, text);
    case REQUEST_CLOSE_RANGE:
        return add_close_range(request, to, action->fd, action->newfd);
    case REQUEST_INHERIT:
        /* A placeholder keeps its close-on-exec, so that the child has the number closed as we do.
         */
        return is_open(fd) && !slot_is_ours(fd) ? posix_spawn_file_actions_adddup2(to, fd, fd) : 0;
    default:
        return 0; /* signals are attributes */
    }
}

static int set_attribute(posix_spawnattr_t *attributes, const struct attribute *attribute,
                         short *flags) {
    struct sched_param parameter = {.sched_priority = attribute->first};
    switch (attribute->type) {
    case REQUEST_SESSION:
        *flags |= POSIX_SPAWN_SETSID;
        return 0;
    case REQUEST_PROCESS_GROUP:
        *flags |= POSIX_SPAWN_SETPGROUP;
        return posix_spawnattr_setpgroup(attributes, attribute->first);
    case REQUEST_SCHEDULER:
        *flags |= POSIX_SPAWN_SETSCHEDULER;
        parameter.sched_priority = attribute->second;
        posix_spawnattr_setschedparam(attributes, &parameter);
        return posix_spawnattr_setschedpolicy(attributes, attribute->first);
    case REQUEST_SCHED_PRIORITY:
        *flags |= POSIX_SPAWN_SETSCHEDPARAM;
        return posix_spawnattr_setschedparam(attributes, &parameter);
    default:
        *flags |= POSIX_SPAWN_RESETIDS;
        return 0;
    }
}

static int set_attributes(const struct request *request, posix_spawnattr_t *attributes) {
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    bool keeps = request->header->flags & REQUEST_FLAG_KEEP_SIGNALS;
    /* Signals 32 and 33, which sigfillset(3) leaves out, always: glibc before 2.38 ignores them in
     * the child otherwise. */
    signal_set standard = keeps ? (signal_set)3 << 31 : SIGNAL_SET_ALL;
    /* Not what posix_spawn(3) would inherit: around it we block everything. */
    signal_set blocked = request->mask;
    int result = 0;
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (action->type == REQUEST_SIGMASK) {
            blocked = action->value;
        } else if (action->type == REQUEST_SIGDEFAULT) {
            standard |= action->value;
        }
    }
    for (uint32_t i = 0; i < request->header->attributes_count && result == 0; i++) {
        result = set_attribute(attributes, &request->attributes[i], &flags);
    }
    sigset_t set;
    sigemptyset(&set);
    memcpy(&set, &blocked, sizeof blocked);
    result = result ? result : posix_spawnattr_setsigmask(attributes, &set);
    memcpy(&set, &standard, sizeof standard);
    result = result ? result : posix_spawnattr_setsigdefault(attributes, &set);
    return result ? result : posix_spawnattr_setflags(attributes, flags);
}

/* What posix_spawn(3) is given for each candidate, and the pid of the child that it has made. */
struct spawning {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid;
};

static int start_path(const struct request *request, const char *path, char **argv, void *context) {
    struct spawning *spawning = context;
    return -posix_spawn(&spawning->pid, path, &spawning->actions, &spawning->attributes, argv,
                        request->envp);
}

int posix_start(const struct request *request) {
    struct spawning spawning = {.pid = -1};
    int result = posix_spawn_file_actions_init(&spawning.actions);
    if (result) {
        return -result;
    }
    result = posix_spawnattr_init(&spawning.attributes);
    if (result) {
        goto out_actions;
    }
    result = set_attributes(request, &spawning.attributes);
    for (uint32_t i = 0; i < request->header->actions_count && result == 0; i++) {
        result = add(request, &spawning.actions, &request->actions[i]);
    }
    if (result == 0) {
        /* A child for each candidate: posix_spawnp(3) has no shell, and the environ of the child
         * is not ours to search. */
        result = -search_program(request, start_path, &spawning);
    }
    posix_spawnattr_destroy(&spawning.attributes);
out_actions:
    posix_spawn_file_actions_destroy(&spawning.actions);
    return result ? -result : spawning.pid;
}
