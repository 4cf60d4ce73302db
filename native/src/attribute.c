#include "attribute.h"

#include <errno.h>

/* The effective ids become the real ones. The group first: who is no longer root may not change it.
 */
static int reset_ids(void) {
    long gid = sys_call(SYS_getgid, 0, 0, 0, 0, 0, 0);
    long uid = sys_call(SYS_getuid, 0, 0, 0, 0, 0, 0);
    long result = sys_call(SYS_setresgid, -1, gid, -1, 0, 0, 0);
    return (int)(result < 0 ? result : sys_call(SYS_setresuid, -1, uid, -1, 0, 0, 0));
}

int attribute_apply(const struct attribute *attribute) {
    int result;
    switch (attribute->type) {
    case REQUEST_SESSION:
        result = sys_setsid();
        return result < 0 ? result : 0;
    case REQUEST_PROCESS_GROUP:
        return sys_setpgid(0, attribute->first);
    case REQUEST_SCHEDULER:
        return sys_sched_setscheduler(attribute->first, attribute->second);
    case REQUEST_SCHED_PRIORITY:
        return sys_sched_setparam(attribute->first);
    case REQUEST_RESET_IDS:
        return reset_ids();
    case REQUEST_CGROUP:
        return 0; /* it was born there */
    default:
        return -EINVAL;
    }
}
