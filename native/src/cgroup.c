// SPDX-License-Identifier: Apache-2.0
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

/* As many cgroups as are remembered; of one that is forgotten it is found out again. */
#define MOST_DEADLY 64

/* The cgroups in which children die at birth, the latest ones, by inode: of one that has been
 * removed no other gets the number. 0 is nobody's. */
static _Atomic uint64_t deadly[MOST_DEADLY];
static atomic_uint deaths;

bool cgroup_has_killed(void) { return deaths > 0; }

/* 0 where it cannot be told. */
static uint64_t inode(const struct request *request) {
    struct stat status;
    return sys_fstatat(request->cgroup, "", AT_EMPTY_PATH, &status) == 0 ? status.st_ino : 0;
}

bool cgroup_is_deadly(const struct request *request) {
    if (!cgroup_has_killed()) {
        return false; /* mostly, so that it costs no system call */
    }
    uint64_t wanted = inode(request);
    for (unsigned i = 0; i < MOST_DEADLY && wanted; i++) {
        if (deadly[i] == wanted) {
            return true;
        }
    }
    return false;
}

void cgroup_note_death(const struct request *request) {
    deadly[atomic_fetch_add(&deaths, 1) % MOST_DEADLY] = inode(request);
}

/* Reads what the kernel says of the cgroup; nothing of the root, which is never frozen, nor of one
 * that has been removed, which is for the clone to say. */
static void read_events(const struct request *request, char *text, size_t size) {
    if (request->events > 0) {
        sys_call(SYS_pread64, request->events, (long)text, (long)size, 0, 0, 0);
        return;
    }
    int fd = sys_openat(request->cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC, 0);
    if (fd >= 0) {
        sys_read(fd, text, size);
        sys_close(fd);
    }
}

int cgroup_check(const struct request *request) {
    char events[256] = "";
    read_events(request, events, sizeof events - 1);
    bool is_frozen = strstr(events, "frozen 1") != NULL;
    return is_frozen ? request_fail(request, REQUEST_STEP_CGROUP_FROZEN, REQUEST_NO_INDEX, -EBUSY)
                     : 0;
}

int cgroup_open(const struct request *request) {
    int fd = sys_openat(request->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC, 0);
    return fd < 0 ? request_fail(request, REQUEST_STEP_CGROUP_MOVE, REQUEST_NO_INDEX, fd) : fd;
}
