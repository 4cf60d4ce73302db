// SPDX-License-Identifier: Apache-2.0
/* Starts through a helper into a cgroup: the child is born there, or the start is cold. */
#include "warm_cases.h"

#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define UNIFIED "/sys/fs/cgroup/unified"

static const char *group_path(void) {
    static char path[96];
    const char *root = access(UNIFIED, F_OK) == 0 ? UNIFIED : "/sys/fs/cgroup";
    snprintf(path, sizeof path, "%s/spawn4j-warm-%d", root, (int)getpid());
    return path;
}

/* Without a helper, cold. */
static int start_in(struct warm_helper *helper, int group, char *text, size_t capacity) {
    static const char *const cat[] = {"/bin/cat", "/proc/self/cgroup", NULL};
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_add_attribute(&b, REQUEST_CGROUP, group);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, cat, SHORT_ENVIRONMENT);
    int result = -1;
    enum warm_reason reason = WARM_STARTED;
    if (helper) {
        reason = warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result);
    } else {
        result = spawn(b.memory, b.capacity);
    }
    if (reason == WARM_STARTED && result == 0) {
        await_output(&b, text, capacity);
    }
    request_discard(&b);
    return reason == WARM_STARTED ? result : (int)reason;
}

static const char *const CAT[] = {"/bin/cat", NULL};

/* The path of a new cgroup; or null, after it was said why there is none. */
static const char *make_group(void) {
    const char *path = group_path();
    if (!probe_has(KERNEL_CLONE_INTO_CGROUP)) {
        printf("skipped, no child can be cloned into a cgroup: ");
        return NULL;
    }
    if (mkdir(path, 0755) != 0) {
        printf("skipped, no cgroup can be made (%s): ", strerror(errno));
        return NULL;
    }
    return path;
}

/* By clone3(2): it has never been elsewhere. What waits was born elsewhere, and goes on waiting. */
static void child_is_born_in_its_cgroup(void) {
    const char *path = make_group();
    if (!path) {
        return;
    }
    const char *name = strrchr(path, '/');
    struct warm_helper *helper = make(CAT);
    int before = check_count_open();
    int group = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 3; i++) {
        char text[2048];
        CHECK_EQUAL(start_in(helper, group, text, sizeof text), 0);
        CHECK(strstr(text, name));
        use_up_waiting(helper, (const char *const[]){"/bin/cat", "/dev/null", NULL});
        CHECK_EQUAL(start_in(helper, group, text, sizeof text), 0);
        CHECK(strstr(text, name));
    }
    close(group);
    CHECK_EQUAL(check_count_open(), before);
    CHECK_EQUAL(rmdir(path), 0);
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    warm_free(helper);
    check_no_child();
}

/* A new cgroup, and a helper that is in none. */
struct group_case {
    const char *path;
    struct warm_helper *helper;
    int group;
};

/* False after it was said why there is no cgroup. */
static bool begin(struct group_case *given) {
    given->path = make_group();
    if (!given->path) {
        return false;
    }
    given->helper = make(CAT);
    given->group = open(given->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return true;
}

static void end(struct group_case *given) {
    close(given->group);
    CHECK_EQUAL(rmdir(given->path), 0);
    warm_free(given->helper);
    check_no_child();
}

/* A child that is born there would not run, and be waited for until the deadline. */
static void frozen_cgroup_costs_no_helper(void) {
    struct group_case given;
    if (!begin(&given)) {
        return;
    }
    char text[2048];
    int group = given.group;
    write_text(given.path, "cgroup.freeze", "1");
    CHECK_EQUAL(start_in(given.helper, group, text, sizeof text), WARM_OTHER_REQUEST);
    CHECK_EQUAL(start_in(NULL, group, text, sizeof text), -EBUSY);
    CHECK_EQUAL(warm_look(given.helper), WARM_STARTED);
    write_text(given.path, "cgroup.freeze", "0");
    CHECK_EQUAL(start_in(given.helper, group, text, sizeof text), 0);
    end(&given);
}

/* Where the kernel kills who is born in a cgroup, one helper is lost to that, and no other. */
static void birth_that_kills_is_not_tried_again(void) {
    struct group_case given;
    if (!begin(&given)) {
        return;
    }
    char text[2048];
    int group = given.group;
    write_text(given.path, "cgroup.kill", "1");
    if (start_in(given.helper, group, text, sizeof text) == 0) {
        printf("skipped, this kernel kills nobody: ");
    } else {
        warm_free(given.helper);
        CHECK_EQUAL(start_in(NULL, group, text, sizeof text), 0);
        given.helper = make(CAT);
        CHECK_EQUAL(start_in(given.helper, group, text, sizeof text), WARM_OTHER_REQUEST);
        CHECK_EQUAL(warm_look(given.helper), WARM_STARTED);
    }
    end(&given);
}

/* A cold start says why. */
static void what_is_no_cgroup_starts_cold(void) {
    char text[64];
    struct warm_helper *helper = make(CAT);
    int group = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
    CHECK_EQUAL(start_in(helper, group, text, sizeof text), WARM_OTHER_REQUEST);
    CHECK_EQUAL(close(group), 0);
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    warm_free(helper);
    check_no_child();
}

int main(void) {
    RUN(child_is_born_in_its_cgroup);
    RUN(frozen_cgroup_costs_no_helper);
    RUN(birth_that_kills_is_not_tried_again);
    RUN(what_is_no_cgroup_starts_cold);
    return 0;
}
