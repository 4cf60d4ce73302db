// SPDX-License-Identifier: Apache-2.0
#include "warm/fit.h"

#include "cgroup.h"
#include "warm/protocol.h"

#include <fcntl.h>
#include <string.h>

/* Whether an earlier action than the `end`-th one leaves something at `fd`. */
static bool is_made(const struct request *request, uint32_t end, int fd) {
    for (uint32_t i = 0; i < end; i++) {
        switch (request->actions[i].type & ~(uint32_t)REQUEST_FD_IS_SOURCE) {
        case REQUEST_DUP2:
        case REQUEST_DUP3:
        case REQUEST_OPEN:
            if (request->actions[i].newfd == fd) {
                return true;
            }
        }
    }
    return false;
}

/* Whether the actions close `fd`, should it be open. */
static bool is_closed(const struct request *request, int fd) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (action->type == REQUEST_CLOSE_RANGE && (unsigned)action->fd <= (unsigned)fd &&
            (unsigned)fd <= (unsigned)action->newfd) {
            return true;
        }
    }
    return false;
}

bool fit_inherits(const struct request *request, int fd) {
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (action->type == REQUEST_OPEN ||
            (action->type != REQUEST_CLOSE_RANGE && action->type != REQUEST_CHDIR &&
             !(action->type & REQUEST_FD_IS_SOURCE) && action->fd == fd)) {
            return true;
        }
        if (is_made(request, i + 1, fd)) {
            return false;
        }
    }
    return !is_made(request, request->header->actions_count, fd);
}

/* Whether `path` may lead to a descriptor of whoever opens it. */
static bool names_descriptors(const char *path) {
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/fd", 7) == 0 ||
           strncmp(path, "/dev/std", 8) == 0;
}

/* A child has none of our descriptors but what it is sent: its request may name no other, and must
 * close all others. Stores a number above all that are named. */
static bool names_only_its_own(const struct request *request, int *above) {
    *above = 3;
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        const uint32_t type = action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE;
        bool is_source = action->type & REQUEST_FD_IS_SOURCE;
        if (type == REQUEST_CLOSE_RANGE || type == REQUEST_CHDIR || type == REQUEST_SIGMASK ||
            type == REQUEST_SIGDEFAULT) {
            continue;
        }
        if (!is_source && action->fd > 2 && !is_made(request, i, action->fd)) {
            return false;
        }
        if (type == REQUEST_OPEN && names_descriptors(request_text(request, action->text))) {
            return false;
        }
        if (!is_source && action->fd >= *above) {
            *above = action->fd + 1;
        }
        if (action->newfd >= *above) {
            *above = action->newfd + 1;
        }
    }
    for (int fd = 3; fd < *above && *above < WARM_NUMBERS; fd++) {
        if (!is_closed(request, fd) && !is_made(request, request->header->actions_count, fd)) {
            return false;
        }
    }
    return *above < WARM_NUMBERS && is_closed(request, *above) && is_closed(request, INT32_MAX);
}

/* Whether a child whose program is mapped and linked already is no other for it. Not the limits
 * that exec(2) lays out memory by. */
static bool is_warm_attribute(const struct attribute *attribute) {
    switch (attribute->type) {
    case REQUEST_SESSION:
    case REQUEST_PROCESS_GROUP:
    case REQUEST_CGROUP:
    case REQUEST_UMASK:
    case REQUEST_SCHEDULER:
    case REQUEST_SCHED_PRIORITY:
    case REQUEST_NICE:
    case REQUEST_IO_PRIORITY:
    case REQUEST_CPU_AFFINITY:
    case REQUEST_OOM_SCORE_ADJ:
    case REQUEST_TIMER_SLACK:
    case REQUEST_NO_NEW_PRIVILEGES:
        return true;
    case REQUEST_LIMIT:
        return attribute->first != RLIMIT_STACK && attribute->first != RLIMIT_AS &&
               attribute->first != RLIMIT_DATA;
    default:
        return false;
    }
}

/* Whether it may leave no number free below `above`, where the child has those that it keeps: the
 * dynamic linker, which has opened its libraries long ago, would not find them. */
static bool starves_linker(const struct attribute *attribute, int above) {
    return attribute->type == REQUEST_LIMIT && attribute->first == RLIMIT_NOFILE &&
           attribute->value <= (uint64_t)above;
}

static bool has_cold_attribute(const struct request *request, int above) {
    for (uint32_t i = 0; i < request->header->attributes_count; i++) {
        const struct attribute *attribute = &request->attributes[i];
        if (!is_warm_attribute(attribute) || starves_linker(attribute, above)) {
            return true;
        }
    }
    /* A filter may kill who makes a call that the kernel does not have; and a child that the kernel
     * kills at birth costs the helper. */
    return request->cgroup >= 0 &&
           (!(request->capabilities & KERNEL_CLONE_INTO_CGROUP) || cgroup_has_killed());
}

enum warm_reason fit_check(const struct request *request, int *above) {
    const uint32_t cold = REQUEST_FLAG_COPY_DESCRIPTORS | REQUEST_FLAG_KEEP_SIGNALS |
                          REQUEST_FLAG_FAILURE_IS_EXIT | REQUEST_FLAG_STRICT_IDENTITY |
                          REQUEST_FLAG_TRACED;
    if (request->header->flags & cold || request->search || !names_only_its_own(request, above) ||
        has_cold_attribute(request, *above)) {
        return WARM_OTHER_REQUEST;
    }
    return request->header->pointers_offset <= WARM_MOST_BYTES ? WARM_STARTED : WARM_TOO_BIG;
}

/* Whether the `i`-th action of a child can only fail for want of something that the kernel needs.
 * Once a range has been closed, nothing is sure to be open any more. */
static bool is_safe(const struct request *request, uint32_t i, bool has_closed) {
    const struct action *action = &request->actions[i];
    switch (action->type) {
    case REQUEST_DUP2 | REQUEST_FD_IS_SOURCE:
        return action->newfd < WARM_NUMBERS;
    case REQUEST_DUP2:
        return action->newfd < WARM_NUMBERS && !has_closed && is_made(request, i, action->fd);
    case REQUEST_CLOSE_RANGE:
    case REQUEST_INHERIT:
    case REQUEST_INHERIT | REQUEST_FD_IS_SOURCE:
    case REQUEST_SIGMASK:
    case REQUEST_SIGDEFAULT:
        return true;
    default:
        return false;
    }
}

/* The limit of open files that the JVM has raised for itself is put back where that can be. One
 * that was asked for may be refused. */
static bool are_safe_attributes(const struct request *request) {
    for (uint32_t i = 0; i < request->header->attributes_count; i++) {
        const struct attribute *attribute = &request->attributes[i];
        if (attribute->type != REQUEST_LIMIT || attribute->second != REQUEST_PUT_BACK) {
            return false;
        }
    }
    return true;
}

bool fit_is_opened_ahead(const struct action *action) {
    return action->type == REQUEST_CHDIR || action->type == REQUEST_OPEN;
}

bool fit_can_be_handed_over(const struct request *request) {
    bool is_elsewhere = false;
    bool has_closed = false;
    if (!are_safe_attributes(request) || request->header->actions_count > 64) {
        return false;
    }
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        if (!fit_is_opened_ahead(action)) {
            if (!is_safe(request, i, has_closed)) {
                return false;
            }
            has_closed |= action->type == REQUEST_CLOSE_RANGE;
            continue;
        }
        /* A child that has closed a range has closed what was opened for it; and one that is
         * elsewhere looks for relative paths there. */
        bool is_relative = request_text(request, action->text)[0] != '/';
        if (has_closed || (is_elsewhere && is_relative)) {
            return false;
        }
        if (action->type == REQUEST_OPEN) {
            if (action->fd != AT_FDCWD || action->value || action->flags & O_EXCL) {
                return false;
            }
        } else if (!(request->capabilities & KERNEL_FACCESSAT2)) {
            return false;
        }
        is_elsewhere |= action->type == REQUEST_CHDIR;
    }
    return true;
}
