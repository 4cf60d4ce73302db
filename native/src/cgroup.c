#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

int cgroup_check(const struct request *request) {
    char events[256] = "";
    int fd = sys_openat(request->cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        return 0; /* the root has none, and is never frozen; all else is for the clone to say */
    }
    sys_read(fd, events, sizeof events - 1);
    sys_close(fd);
    bool is_frozen = strstr(events, "frozen 1") != NULL;
    return is_frozen ? request_fail(request, REQUEST_STEP_CGROUP_FROZEN, REQUEST_NO_INDEX, -EBUSY)
                     : 0;
}

int cgroup_open(const struct request *request) {
    int fd = sys_openat(request->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC, 0);
    return fd < 0 ? request_fail(request, REQUEST_STEP_CGROUP_MOVE, REQUEST_NO_INDEX, fd) : fd;
}
