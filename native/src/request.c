// SPDX-License-Identifier: Apache-2.0
#include "request.h"

#include "identity.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>

/* The part of the block that a section may lie in. */
struct span {
    char *base;
    size_t start;
    size_t end;
};

static void *section(struct span block, uint32_t offset, uint64_t count, size_t size,
                     size_t alignment) {
    if (offset < block.start || offset % alignment != 0 || offset > block.end ||
        count > (block.end - offset) / size) {
        return NULL;
    }
    return block.base + offset;
}

static const char *string_at(struct span block, uint32_t offset) {
    const char *text = section(block, offset, 1, 1, 1);
    return text && memchr(text, 0, block.end - offset) ? text : NULL;
}

/* Points `pointers` at `count` strings that stand one behind the other. */
static int split(struct span block, uint32_t offset, uint32_t count, char **pointers) {
    char *text = section(block, offset, count, 1, 1);
    if (!text) {
        return -EINVAL;
    }
    char *end = block.base + block.end;
    for (uint32_t i = 0; i < count; i++) {
        char *nul = text < end ? memchr(text, 0, (size_t)(end - text)) : NULL;
        if (!nul) {
            return -EINVAL;
        }
        pointers[i] = text;
        text = nul + 1;
    }
    pointers[count] = NULL;
    return 0;
}

static int check_action(struct request *request, struct span block, const struct action *action) {
    uint32_t type = action->type & ~(uint32_t)REQUEST_FD_IS_SOURCE;
    if (action->type & REQUEST_FD_IS_SOURCE) {
        if (action->fd < 0 || (uint32_t)action->fd >= request->header->sources_count) {
            return -EINVAL;
        }
    } else if (type != REQUEST_CLOSE_RANGE) { /* which spares sources */
        request->uses_files |= action->fd > 2;
        request->named |= slot_bit(action->fd);
    }
    switch (type) {
    case REQUEST_CLOSE:
        request->closes_by_number |= action->fd >= slots_cut();
        return 0;
    case REQUEST_DUP2:
    case REQUEST_DUP3:
        request->named |= slot_bit(action->newfd);
        return action->newfd < 0 ? -EINVAL : 0;
    case REQUEST_OPEN:
        request->may_wait = true;
        request->named |= slot_bit(action->newfd);
        return action->newfd >= 0 && string_at(block, action->text) ? 0 : -EINVAL;
    case REQUEST_CHDIR:
        request->may_wait = true;
        return string_at(block, action->text) ? 0 : -EINVAL;
    case REQUEST_FCHDIR:
        request->may_wait = true; /* looked up again where a file system is remote */
        return 0;
    case REQUEST_CLOSE_RANGE:
    case REQUEST_SIGMASK:
    case REQUEST_SIGDEFAULT:
    case REQUEST_INHERIT:
    case REQUEST_TCSETPGRP:
    case REQUEST_CONTROLLING_TERMINAL:
        return 0;
    case REQUEST_FAIL:
        return action->flags ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

static bool only_closes(const struct action *action) {
    return action->type == REQUEST_CLOSE_RANGE && action->flags == 0;
}

/* Whether each rule is a letter and a path, and the last one ends where the data do. */
static bool are_rules(const char *rules, size_t size) {
    for (size_t at = 0; at < size;) {
        char letter = rules[at];
        const char *nul = at + 1 < size ? memchr(rules + at + 1, 0, size - at - 1) : NULL;
        if (!nul || (letter != REQUEST_PATH_READ && letter != REQUEST_PATH_WRITE &&
                     letter != REQUEST_PATH_DEVICE)) {
            return false;
        }
        at = (size_t)(nul - rules) + 1;
    }
    return true;
}

/* Whether the data are texts, each ended by NUL: so many, or any number where that is 0. */
static bool are_texts(const char *texts, size_t size, size_t count) {
    size_t ends = 0;
    for (size_t at = 0; at < size; at++) {
        ends += texts[at] == 0;
    }
    return size > 0 && texts[size - 1] == 0 && (count == 0 || ends == count);
}

/* Has the child born with `flags`, as `attribute` asks. */
static void be_born_with(struct request *request, const struct attribute *attribute,
                         uint64_t flags) {
    if (request->birth == 0) {
        request->born = (uint32_t)(attribute - request->attributes);
    }
    request->birth |= flags;
}

/* Whether the effective ids are others than the real ones. */
static bool has_other_ids(void) {
    return sys_call(SYS_geteuid, 0, 0, 0, 0, 0, 0) != sys_call(SYS_getuid, 0, 0, 0, 0, 0, 0) ||
           sys_call(SYS_getegid, 0, 0, 0, 0, 0, 0) != sys_call(SYS_getgid, 0, 0, 0, 0, 0, 0);
}

static int check_attribute(struct request *request, struct span block,
                           const struct attribute *attribute) {
    bool has_data = attribute->data != 0;
    if (has_data && (attribute->second <= 0 ||
                     !section(block, attribute->data, (uint64_t)attribute->second, 1, 8))) {
        return -EINVAL;
    }
    const char *data = request_text(request, attribute->data);
    const size_t size = (size_t)attribute->second;
    switch (attribute->type) {
    case REQUEST_SESSION:
    case REQUEST_PROCESS_GROUP:
    case REQUEST_UMASK:
    case REQUEST_SCHEDULER:
    case REQUEST_SCHED_PRIORITY:
    case REQUEST_NICE:
    case REQUEST_IO_PRIORITY:
    case REQUEST_TIMER_SLACK:
    case REQUEST_PERSONALITY:
    case REQUEST_BOUNDING_SET:
    case REQUEST_CAPABILITIES:
    case REQUEST_LIMIT:
        return 0;
    case REQUEST_NO_NEW_PRIVILEGES: /* whose flag stands in for a privilege */
        request->birth |= request->birth & LIFETIME_AUTOREAP ? LIFETIME_NNP : 0;
        return 0;
    case REQUEST_PID_NAMESPACE:
        be_born_with(request, attribute, CLONE_NEWPID);
        return 0;
    case REQUEST_AUTOKILL:
        be_born_with(request, attribute, LIFETIME_AUTOKILL);
        return 0;
    case REQUEST_USER_NAMESPACE:
        request->has_own_ids = true;
        return has_data && are_texts(data, size, 2) ? 0 : -EINVAL;
    case REQUEST_CHROOT:
        request->changes_root = true;
        return has_data && are_texts(data, size, 1) ? 0 : -EINVAL;
    case REQUEST_READ_ONLY: /* else it would be so for everybody */
        request->changes_mounts = true;
        return request->has_own_mounts && (!has_data || are_texts(data, size, 0)) ? 0 : -EINVAL;
    case REQUEST_NAMESPACES:
        request->has_own_mounts = attribute->first & CLONE_NEWNS;
        return 0;
    case REQUEST_PRIVATE_TMP: /* else it would lie over everybody's */
        request->changes_mounts = true;
        return request->has_own_mounts ? 0 : -EINVAL;
    case REQUEST_PATHS:
        return has_data && are_rules(data, size) ? 0 : -EINVAL;
    case REQUEST_CPU_AFFINITY:
    case REQUEST_MEMORY_POLICY:
        return has_data && attribute->second % 8 == 0 ? 0 : -EINVAL;
    case REQUEST_CALLS: /* a longer one would not fit the kernel's count, and be cut short */
        return has_data && attribute->second % 8 == 0 && attribute->second / 8 <= BPF_MAXINSNS
                   ? 0
                   : -EINVAL;
    case REQUEST_RESET_IDS:
        request->changes_ids |= has_other_ids();
        return 0;
    case REQUEST_GROUPS:
        request->changes_ids = true;
        return attribute->first >= 0 && attribute->second == (int64_t)attribute->first * 4 &&
                       has_data == (attribute->first > 0)
                   ? 0
                   : -EINVAL;
    case REQUEST_GROUP:
    case REQUEST_USER:
        request->changes_ids = true;
        return attribute->first != -1 ? 0 : -EINVAL; /* by which the kernel changes nothing */
    case REQUEST_OOM_SCORE_ADJ:
        return has_data ? 0 : -EINVAL;
    case REQUEST_CGROUP:
        request->cgroup = attribute->first;
        request->events = attribute->second;
        return 0;
    case REQUEST_PARENT_DEATH:
        request->death_signal = attribute->first;
        return attribute->first >= 1 && attribute->first <= SIGNALS ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

int request_open(struct request *request, void *memory, size_t capacity) {
    struct request_header *header = memory;
    memset(request, 0, sizeof *request);
    request->header = header;
    request->cgroup = -1;
    request->procs = -1;
    if (capacity < sizeof *header) {
        return -EINVAL;
    }
    header->pid = -1;
    header->pidfd = -1;
    header->step = REQUEST_STEP_NONE;
    header->index = REQUEST_NO_INDEX;
    header->error = 0;
    if (header->length < sizeof *header || header->length > capacity) {
        return -EINVAL;
    }

    /* What is written while the block is read, sources and pointers, stands before and behind all
     * else, so that no write undoes a check. */
    struct span block = {memory, REQUEST_HEADER_SIZE, header->length};
    uint64_t count = (uint64_t)header->argv_count + header->envp_count + 3;
    char **pointers =
        section(block, header->pointers_offset, count, sizeof(char *), sizeof(char *));
    block.end = header->pointers_offset;
    request->sources =
        section(block, header->sources_offset, header->sources_count, sizeof(struct source), 4);
    if (!pointers || !request->sources || header->strategy > REQUEST_STRATEGY_CLONE3) {
        return -EINVAL;
    }
    block.start = header->sources_offset + header->sources_count * sizeof(struct source);
    request->actions =
        section(block, header->actions_offset, header->actions_count, sizeof(struct action), 8);
    request->program = string_at(block, header->program_offset);
    request->attributes = section(block, header->attributes_offset, header->attributes_count,
                                  sizeof(struct attribute), 8);
    if (!request->actions || !request->attributes || !request->program || header->argv_count == 0 ||
        header->exec_source < -1 || header->exec_source >= (int64_t)header->sources_count) {
        return -EINVAL;
    }
    request->argv = pointers + 1; /* the first one is for the shell that runs a script */
    request->envp = request->argv + header->argv_count + 1;
    if (header->identity_offset) {
        request->identity = section(block, header->identity_offset, 1, sizeof(struct identity), 8);
        if (!request->identity ||
            (header->flags & REQUEST_FLAG_STRICT_IDENTITY && header->exec_source < 0)) {
            return -EINVAL;
        }
    }
    if (header->search_offset) {
        request->search = string_at(block, header->search_offset);
        if (!request->search) {
            return -EINVAL;
        }
    }
    for (uint32_t i = 0; i < header->attributes_count; i++) {
        int result = check_attribute(request, block, &request->attributes[i]);
        if (result < 0) {
            return result;
        }
    }
    for (uint32_t i = 0; i < header->sources_count; i++) {
        if (request->sources[i].kind > REQUEST_SOURCE_NULL) {
            return -EINVAL;
        }
        request->sources[i].placed = -1;
        request->sources[i].peer = -1;
    }
    for (uint32_t i = 0; i < header->actions_count; i++) {
        int result = check_action(request, block, &request->actions[i]);
        if (result < 0) {
            return result;
        }
    }
    request->sweep = header->actions_count;
    while (request->sweep > 0 && only_closes(&request->actions[request->sweep - 1])) {
        request->sweep--;
    }
    int result = split(block, header->argv_offset, header->argv_count, request->argv);
    return result < 0 ? result
                      : split(block, header->envp_offset, header->envp_count, request->envp);
}
