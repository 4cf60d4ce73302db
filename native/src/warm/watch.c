// SPDX-License-Identifier: Apache-2.0
#include "warm/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

/* The linker's own files are replaced, not written to; so their directory is watched. */
#define LINKER_FILES "/etc"
#define LINKER_CACHE "/etc/ld.so.cache"

#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_UNMOUNT)
#define LINKER_EVENTS (IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)

/* A library that comes into one of these may be found before the one that is known. */
#define SEARCHED "LD_LIBRARY_PATH="
#define SEARCHED_EVENTS (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR | IN_MASK_ADD)

#define NS_PER_S 1000000000

static bool is_known(const struct watch *watch, const char *path) {
    for (int i = 0; i < watch->count; i++) {
        if (strcmp(watch->files[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_newer(const struct identity *identity, int64_t since_ns) {
    return identity->ctime * NS_PER_S + identity->ctime_ns >= since_ns;
}

static void give_up_inotify(struct watch *watch) {
    if (watch->inotify >= 0) {
        sys_close(watch->inotify);
        watch->inotify = -1;
    }
}

/* Watches first and looks then, so that no change falls in between. */
static int add(struct watch *watch, const char *path, int64_t since_ns) {
    if (watch->count == WATCH_MOST_FILES) {
        return -E2BIG;
    }
    if (watch->inotify >= 0 &&
        sys_call(SYS_inotify_add_watch, watch->inotify, (long)path, FILE_EVENTS, 0, 0, 0) < 0) {
        give_up_inotify(watch);
    }
    struct watched *file = &watch->files[watch->count];
    int result = identity_read(AT_FDCWD, path, &file->identity);
    if (result < 0) {
        return -ESTALE;
    }
    if (is_newer(&file->identity, since_ns)) {
        return -ESTALE;
    }
    file->path = strdup(path);
    if (!file->path) {
        return -ENOMEM;
    }
    watch->count++;
    return 0;
}

/* Adds the files of /proc/PID/maps. */
static int add_mapped(int pid, int64_t since_ns, struct watch *watch) {
    char line[PATH_MAX + 128];
    snprintf(line, sizeof line, "/proc/%d/maps", pid);
    FILE *maps = fopen(line, "re");
    int result = maps ? 0 : -errno;
    while (result == 0 && fgets(line, sizeof line, maps)) {
        char *path = strchr(line, '/');
        line[strcspn(line, "\n")] = 0;
        if (path && strncmp(path, "/memfd:", 7) != 0 && !is_known(watch, path)) {
            result = add(watch, path, since_ns);
        }
    }
    if (maps) {
        fclose(maps);
    }
    return result;
}

static void add_directory(struct watch *watch, const char *path, size_t length) {
    char directory[PATH_MAX];
    if (watch->inotify < 0 || length == 0 || length >= sizeof directory) {
        return;
    }
    memcpy(directory, path, length);
    directory[length] = 0;
    /* One that is missing is searched by nobody. */
    long result =
        sys_call(SYS_inotify_add_watch, watch->inotify, (long)directory, SEARCHED_EVENTS, 0, 0, 0);
    if (result == -ENOSPC || result == -ENOMEM) {
        give_up_inotify(watch);
    }
}

static void add_searched(const char *variables, size_t size, struct watch *watch) {
    for (size_t at = 0; at < size; at += strlen(variables + at) + 1) {
        if (strncmp(variables + at, SEARCHED, sizeof SEARCHED - 1) != 0) {
            continue;
        }
        for (const char *path = variables + at + sizeof SEARCHED - 1;; path++) {
            size_t length = strcspn(path, ":;");
            add_directory(watch, path, length);
            path += length;
            if (!*path) {
                break;
            }
        }
    }
}

int watch_open(int pid, int64_t since_ns, const char *variables, size_t variables_size,
               struct watch *watch) {
    *watch = WATCH_NOTHING;
    watch->files = calloc(WATCH_MOST_FILES, sizeof *watch->files);
    if (!watch->files) {
        return -ENOMEM;
    }
    watch->inotify = (int)sys_call(SYS_inotify_init1, IN_CLOEXEC | IN_NONBLOCK, 0, 0, 0, 0, 0);
    if (watch->inotify >= 0) {
        watch->etc = (int)sys_call(SYS_inotify_add_watch, watch->inotify, (long)LINKER_FILES,
                                   LINKER_EVENTS, 0, 0, 0);
        if (watch->etc < 0) {
            give_up_inotify(watch);
        }
    }
    add_searched(variables, variables_size, watch);
    int result = add_mapped(pid, since_ns, watch);
    struct identity cache;
    /* Some systems do without. */
    if (result == 0 && identity_read(AT_FDCWD, LINKER_CACHE, &cache) == 0) {
        result = add(watch, LINKER_CACHE, since_ns);
    }
    return result;
}

void watch_close(struct watch *watch) {
    give_up_inotify(watch);
    for (int i = 0; i < watch->count; i++) {
        free(watch->files[i].path);
    }
    free(watch->files);
}

/* Whether a file of this name may be found in place of one that is watched: with another version, a
 * library has the same name up to ".so". */
static bool is_name_of_watched(const struct watch *watch, const char *name) {
    for (int i = 0; i < watch->count; i++) {
        const char *own = strrchr(watch->files[i].path, '/') + 1;
        const char *end = strstr(own, ".so");
        if (end && strncmp(name, own, (size_t)(end - own) + 3) == 0) {
            return true;
        }
    }
    return false;
}

static bool tells_of_change(const struct watch *watch, const struct inotify_event *event) {
    if (event->wd == watch->etc && !(event->mask & IN_Q_OVERFLOW)) {
        return event->len > 0 && (strcmp(event->name, "ld.so.cache") == 0 ||
                                  strcmp(event->name, "ld.so.preload") == 0);
    }
    /* Only what happens in a directory bears a name. */
    return event->len == 0 || is_name_of_watched(watch, event->name);
}

static bool has_events(struct watch *watch) {
    char buffer[4096] __attribute__((aligned(8)));
    long size;
    while ((size = sys_read(watch->inotify, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < size;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            if (tells_of_change(watch, event)) {
                return true;
            }
            at += (long)(sizeof *event + event->len);
        }
    }
    return size != -EAGAIN && size != -EINTR;
}

static bool has_other_files(const struct watch *watch) {
    for (int i = 0; i < watch->count; i++) {
        struct identity now;
        if (identity_read(AT_FDCWD, watch->files[i].path, &now) < 0 ||
            !identity_equal(&now, &watch->files[i].identity)) {
            return true;
        }
    }
    return false;
}

/* Locked, else a start that finds no event left would count as fresh what another is about to call
 * stale. */
bool watch_is_stale(struct watch *watch) {
    pthread_mutex_lock(&watch->lock);
    if (!watch->stale) {
        watch->stale = watch->inotify >= 0 ? has_events(watch) : has_other_files(watch);
    }
    bool is_stale = watch->stale;
    pthread_mutex_unlock(&watch->lock);
    return is_stale;
}
