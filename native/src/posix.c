#include "posix.h"

#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>

/* Ranges that do not reach the top are closed one by one; longer ones would take too many actions.
 */
#define LONGEST_RANGE 4096

static bool expressible(const struct action *action) {
    bool above = action->newfd == -1;
    switch (action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE) {
    case REQUEST_DUP2:
        return action->flags == 0;
    case REQUEST_OPEN:
        return action->fd == AT_FDCWD && action->value == 0 && !(action->flags & O_CLOEXEC);
    case REQUEST_CLOSE_RANGE:
        return action->flags == 0 && (above || action->newfd - action->fd < LONGEST_RANGE);
    default:
        return true;
    }
}

int posix_check(const struct request *request) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        if (!expressible(&request->actions[i])) {
            return request_fail(request, REQUEST_STEP_REQUEST, (int)i, -ENOTSUP);
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
    return result == 0 && last == -1 ? posix_spawn_file_actions_addclosefrom_np(to, top + 1)
                                     : result;
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
        return posix_spawn_file_actions_addfchdir_np(to, fd);
    case REQUEST_CHDIR:
        return posix_spawn_file_actions_addchdir_np(to, text);
    case REQUEST_CLOSE_RANGE:
        return add_close_range(request, to, action->fd, action->newfd);
    case REQUEST_INHERIT:
        /* A placeholder keeps its close-on-exec, so that the child has the number closed as we do.
         */
        return is_open(fd) && !(fd < SLOT_END && slots_reserved() >> fd & 1)
                   ? posix_spawn_file_actions_adddup2(to, fd, fd)
                   : 0;
    default:
        return 0; /* signals are attributes */
    }
}

static int set_attributes(const struct request *request, posix_spawnattr_t *attributes) {
    sigset_t mask;
    sigset_t all;
    sigemptyset(&mask);
    /* Not sigfillset(3), which leaves out 32 and 33: glibc before 2.38 then leaves those ignored in
     * the child. */
    memset(&all, 0xff, sizeof all);
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        if (request->actions[i].type == REQUEST_SIGMASK) {
            sigemptyset(&mask);
            memcpy(&mask, &request->actions[i].value, sizeof request->actions[i].value);
        }
    }
    int result = posix_spawnattr_setsigmask(attributes, &mask);
    result = result ? result : posix_spawnattr_setsigdefault(attributes, &all);
    return result ? result
                  : posix_spawnattr_setflags(attributes,
                                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

int posix_start(const struct request *request) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = -1;
    int result = posix_spawn_file_actions_init(&actions);
    if (result) {
        return -result;
    }
    result = posix_spawnattr_init(&attributes);
    if (result) {
        goto out_actions;
    }
    result = set_attributes(request, &attributes);
    for (uint32_t i = 0; i < request->header->actions_count && result == 0; i++) {
        result = add(request, &actions, &request->actions[i]);
    }
    if (result == 0) {
        result = posix_spawn(&pid, request->program, &actions, &attributes, request->argv,
                             request->envp);
    }
    posix_spawnattr_destroy(&attributes);
out_actions:
    posix_spawn_file_actions_destroy(&actions);
    return result ? -result : pid;
}
