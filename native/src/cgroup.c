// SPDX-License-Identifier: Apache-2.0
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

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
