// SPDX-License-Identifier: Apache-2.0
/* When a helper is out of date: its program has changed, or what that is linked with. */
#include "warm_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>

static enum warm_reason start_once(struct warm_helper *helper, const char *const argv[]) {
    char text[64];
    int result;
    struct builder b = request_printing(argv);
    enum warm_reason reason = warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result);
    if (reason == WARM_STARTED) {
        await_output(&b, text, sizeof text);
    }
    request_discard(&b);
    return reason;
}

static struct warm_helper *make_of_copy(const char *path) {
    const char *const argv[] = {path, NULL};
    struct warm_helper *helper;
    copy_file("/bin/true", path, 0755);
    /* As long as the file is as new as the moment it may be changing still. */
    enum warm_reason reason;
    while ((reason = try_to_make(argv, &helper)) == WARM_STALE) {
        sched_yield();
    }
    CHECK_EQUAL(reason, WARM_STARTED);
    CHECK_EQUAL(start_once(helper, argv), WARM_STARTED);
    return helper;
}

static void replaced_program_is_stale(void) {
    const char *const argv[] = {path_of("replaced"), NULL};
    struct warm_helper *helper = make_of_copy(argv[0]);
    copy_file("/bin/echo", path_of("next"), 0755);
    CHECK_EQUAL(rename(path_of("next"), argv[0]), 0);
    CHECK_EQUAL(start_once(helper, argv), WARM_STALE);
    CHECK_EQUAL(warm_look(helper), WARM_STALE);
    warm_free(helper);
}

static void removed_program_is_stale(void) {
    const char *const argv[] = {path_of("removed"), NULL};
    struct warm_helper *helper = make_of_copy(argv[0]);
    CHECK_EQUAL(unlink(argv[0]), 0);
    CHECK_EQUAL(start_once(helper, argv), WARM_STALE);
    warm_free(helper);
}

static void changed_mode_is_stale(void) {
    const char *const argv[] = {path_of("mode"), NULL};
    struct warm_helper *helper = make_of_copy(argv[0]);
    CHECK_EQUAL(chmod(argv[0], 0700), 0);
    CHECK_EQUAL(start_once(helper, argv), WARM_STALE);
    warm_free(helper);
}

static void link_that_leads_elsewhere_is_stale(void) {
    const char *const argv[] = {path_of("link"), NULL};
    struct warm_helper *helper;
    CHECK_EQUAL(symlink("/bin/true", argv[0]), 0);
    CHECK_EQUAL(try_to_make(argv, &helper), WARM_STARTED);
    CHECK_EQUAL(start_once(helper, argv), WARM_STARTED);
    CHECK_EQUAL(unlink(argv[0]), 0);
    CHECK_EQUAL(symlink("/bin/echo", argv[0]), 0);
    CHECK_EQUAL(start_once(helper, argv), WARM_STALE);
    warm_free(helper);
}

/* With a copy of its library, found by LD_LIBRARY_PATH, which is then replaced. */
static void check_replaced_library(void) {
    static char variable[160];
    static const char *const argv[] = {"/bin/true", NULL};
    const char *envp[] = {variable, NULL};
    struct warm_helper *helper;
    struct builder b;
    int result;
    int error;
    snprintf(variable, sizeof variable, "LD_LIBRARY_PATH=%s", folder);
    copy_file("/lib/x86_64-linux-gnu/libc.so.6", path_of("libc.so.6"), 0755);
    copy_file("/lib/x86_64-linux-gnu/libc.so.6", path_of("next.so"), 0755);
    for (int i = 0; i < 2; i++) {
        enum warm_reason reason;
        do {
            b = request_begin();
            builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
            builder_end_with(&b, argv, envp);
            reason = i == 0 ? warm_make(b.memory, b.capacity, DEADLINE_MS, &helper, &error)
                            : warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result);
            request_discard(&b);
        } while (i == 0 && reason == WARM_STALE);
        CHECK_EQUAL(reason, i == 0 ? WARM_STARTED : WARM_STALE);
        CHECK_EQUAL(rename(path_of(i == 0 ? "next.so" : "libc.so.6"), path_of("libc.so.6")), 0);
    }
    CHECK_EQUAL(warm_look(helper), WARM_STALE);
    warm_free(helper);
}

/* A helper that has linked its own copy of libc, which is looked for in our folder. */
static struct warm_helper *make_with_own_library(void) {
    static char variable[160];
    const char *envp[] = {variable, NULL};
    struct warm_helper *helper = NULL;
    enum warm_reason reason;
    snprintf(variable, sizeof variable, "LD_LIBRARY_PATH=%s", folder);
    copy_file("/lib/x86_64-linux-gnu/libc.so.6", path_of("libc.so.6"), 0755);
    do {
        int error;
        struct builder b = request_begin();
        builder_end_with(&b, TRUE, envp);
        reason = warm_make(b.memory, b.capacity, DEADLINE_MS, &helper, &error);
        request_discard(&b);
    } while (reason == WARM_STALE);
    CHECK_EQUAL(reason, WARM_STARTED);
    return helper;
}

static void write_library(void) {
    int fd = open(path_of("libc.so.6"), O_WRONLY | O_CLOEXEC);
    CHECK_EQUAL(pwrite(fd, "\x7f", 1, 0), 1);
    close(fd);
}

static void remove_library(void) { CHECK_EQUAL(unlink(path_of("libc.so.6")), 0); }

static void move_library(void) {
    CHECK_EQUAL(rename(path_of("libc.so.6"), path_of("elsewhere.so")), 0);
}

static void (*change_library)(void);

static void changed_library_is_stale(void) {
    if (access("/lib/x86_64-linux-gnu/libc.so.6", R_OK) != 0) {
        printf("skipped, no libc there: ");
        return;
    }
    struct warm_helper *helper = make_with_own_library();
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    change_library();
    CHECK_EQUAL(warm_look(helper), WARM_STALE);
    warm_free(helper);
}

static void every_change_of_a_library_is_stale(void) {
    static const struct {
        const char *name;
        void (*change)(void);
    } changes[] = {{"library that was written to", write_library},
                   {"library that was removed", remove_library},
                   {"library that was moved", move_library}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        change_library = changes[i].change;
        check_run(changed_library_is_stale, changes[i].name);
    }
}

/* In a directory of our own in place of /etc, as far as the linker reads it. */
static void changed_cache_of_the_linker_is_stale(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    static const char *const names[] = {"ld.so.cache", "ld.so.preload"};
    CHECK_EQUAL(unshare(CLONE_NEWNS), 0);
    CHECK_EQUAL(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        char path[32];
        CHECK_EQUAL(mount("none", "/etc", "tmpfs", 0, NULL), 0);
        struct warm_helper *helper = make(TRUE);
        write_file("/etc/unrelated", "", 0, 0644);
        CHECK_EQUAL(warm_look(helper), WARM_STARTED);
        snprintf(path, sizeof path, "/etc/%s", names[i]);
        write_file(path, "", 0, 0644);
        CHECK_EQUAL(warm_look(helper), WARM_STALE);
        warm_free(helper);
        CHECK_EQUAL(umount("/etc"), 0);
    }
}

/* Where it is searched before the one that was found. */
static void library_that_comes_earlier_is_stale(void) {
    struct warm_helper *helper;
    char variable[160];
    int error;
    snprintf(variable, sizeof variable, "LD_LIBRARY_PATH=/no/such:%s", folder);
    const char *const envp[] = {variable, NULL};
    struct builder b = request_begin();
    builder_end_with(&b, TRUE, envp);
    CHECK_EQUAL(warm_make(b.memory, b.capacity, DEADLINE_MS, &helper, &error), WARM_STARTED);
    request_discard(&b);
    write_file(path_of("unrelated"), "", 0, 0755);
    CHECK_EQUAL(warm_look(helper), WARM_STARTED);
    write_file(path_of("libc.so.6"), "", 0, 0755);
    CHECK_EQUAL(warm_look(helper), WARM_STALE);
    warm_free(helper);
    CHECK_EQUAL(unlink(path_of("libc.so.6")), 0);
}

static void replaced_library_is_stale(void) {
    if (access("/lib/x86_64-linux-gnu/libc.so.6", R_OK) != 0) {
        printf("skipped, no libc there: ");
        return;
    }
    check_replaced_library();
}

/* Then each file is looked at. */
static void replaced_library_is_stale_without_inotify(void) {
    filter_answer(SYS_inotify_add_watch, SECCOMP_RET_ERRNO | ENOSPC);
    replaced_library_is_stale();
}

int main(void) {
    CHECK(mkdtemp(folder));
    RUN(replaced_program_is_stale);
    RUN(removed_program_is_stale);
    RUN(changed_mode_is_stale);
    RUN(link_that_leads_elsewhere_is_stale);
    RUN(library_that_comes_earlier_is_stale);
    every_change_of_a_library_is_stale();
    RUN(changed_cache_of_the_linker_is_stale);
    RUN(replaced_library_is_stale);
    RUN(replaced_library_is_stale_without_inotify);
    remove_folder();
    return 0;
}
