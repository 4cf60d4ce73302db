// SPDX-License-Identifier: Apache-2.0
/* Who a process is, as templates ask: a forked child is somebody else, with the same ids. */
#include "authority.h"

#include "check.h"
#include "sys.h"

#include <grp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>

static struct authority current(void) {
    struct authority authority;
    CHECK_EQUAL(authority_read(&authority), 0);
    return authority;
}

static bool equal(const struct authority *a, const struct authority *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/* What `look` returns in a forked child. */
static int in_fork(int (*look)(const struct authority *), const struct authority *parents) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        _exit(look(parents));
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void is_the_same_as_long_as_nothing_changes(void) {
    authority_load();
    struct authority first = current();
    struct authority second = current();
    CHECK(equal(&first, &second));
    CHECK(first.unforked);
}

static int differs(const struct authority *parents) {
    struct authority own = current();
    return !equal(&own, parents);
}

static void differs_in_a_forked_child(void) {
    authority_load();
    struct authority own = current();
    CHECK(in_fork(differs, &own));
}

/* The pid alone would not do: a child of a child can have the number of one that is gone. */
static int differs_but_for_the_pid(const struct authority *parents) {
    struct authority own = current();
    own.process = parents->process;
    return !equal(&own, parents);
}

static void differs_by_more_than_the_pid(void) {
    authority_load();
    struct authority own = current();
    CHECK(in_fork(differs_but_for_the_pid, &own));
}

static int differs_after_setresuid(const struct authority *parents) {
    struct authority before = current();
    CHECK_EQUAL(sys_call(SYS_setresuid, -1, 65534, -1, 0, 0, 0), 0);
    struct authority after = current();
    (void)parents;
    return !equal(&before, &after);
}

static void differs_after_a_change_of_ids(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    authority_load();
    struct authority own = current();
    CHECK(in_fork(differs_after_setresuid, &own));
}

static int differs_in_its_last_group(const struct authority *parents) {
    static gid_t groups[1000];
    (void)parents;
    for (gid_t i = 0; i < 1000; i++) {
        groups[i] = i + 1;
    }
    CHECK_EQUAL(setgroups(1000, groups), 0);
    struct authority before = current();
    CHECK_EQUAL(before.groups_count, 1000);
    groups[999]++;
    CHECK_EQUAL(setgroups(1000, groups), 0);
    struct authority after = current();
    return !equal(&before, &after);
}

static void all_groups_count_however_many(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK(in_fork(differs_in_its_last_group, NULL));
}

int main(void) {
    RUN(is_the_same_as_long_as_nothing_changes);
    RUN(differs_in_a_forked_child);
    RUN(differs_by_more_than_the_pid);
    RUN(differs_after_a_change_of_ids);
    RUN(all_groups_count_however_many);
    return 0;
}
