// SPDX-License-Identifier: Apache-2.0
/* Starts in a cgroup (version 2), with every strategy that knows one. */
#include "block.h"
#include "builder.h"
#include "cgroup.h"
#include "check.h"
#include "filter.h"
#include "probe.h"
#include "slot.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define CAPACITY ((size_t)16384)

static const uint32_t strategies[] = {REQUEST_STRATEGY_FORK, REQUEST_STRATEGY_VFORK,
                                      REQUEST_STRATEGY_CLONE3};
#define STRATEGIES (sizeof strategies / sizeof strategies[0])

static const char *const READ_CGROUP[] = {"/bin/grep", "^0::", "/proc/self/cgroup", NULL};

/* A cgroup of this test's own, and its name below the mount. */
static char directory[256];
static const char *name;

static int write_file(const char *file, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    int result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
    close(fd);
    return result;
}

/* Whether there is a cgroup; else says why not. */
static bool make_cgroup(void) {
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    struct mntent *mount = NULL;
    CHECK(mounts);
    while ((mount = getmntent(mounts)) && strcmp(mount->mnt_type, "cgroup2") != 0) {
    }
    if (mount) {
        int length = snprintf(directory, sizeof directory, "%s", mount->mnt_dir);
        snprintf(directory + length, sizeof directory - (size_t)length, "/spawn4j-c-test-%d",
                 (int)getpid());
        name = directory + length;
    }
    endmntent(mounts);
    if (!mount || mkdir(directory, 0755) < 0) {
        printf("skipped, no cgroup can be made (%s): ", mount ? strerror(errno) : "no cgroup2");
        return false;
    }
    return true;
}

/* Those who were in it need a moment until they do not count any more. */
static void remove_cgroup(void) {
    int tries = 0;
    while (rmdir(directory) < 0 && errno == EBUSY && tries++ < 1000) {
        usleep(1000);
    }
}

/* Starts a program in the cgroup that `fd` is open on. Returns what spawn() does; on success the
 * program has said that it is there. */
static int start(uint32_t strategy, int fd, int *step) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    slots_reserve(true);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = strategy;
    builder_add_attribute(&b, REQUEST_CGROUP, fd);
    int pipe = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
    builder_map(&b, pipe, 1);
    builder_end(&b, READ_CGROUP);
    int result = spawn(b.memory, b.capacity);
    *step = builder_header(&b)->step;
    if (result == 0) {
        char text[512] = "";
        int peer = builder_source(&b, (uint32_t)pipe)->peer;
        int status;
        CHECK(waitpid(builder_header(&b)->pid, &status, 0) > 0);
        CHECK(read(peer, text, sizeof text - 1) > 0);
        CHECK(strstr(text, name));
        CHECK(status == 0);
        close(peer);
        close(builder_header(&b)->pidfd);
    }
    block_free(b.memory, b.capacity);
    return result;
}

static void check_starts(int fd) {
    for (size_t i = 0; i < STRATEGIES; i++) {
        int step;
        CHECK_EQUAL(start(strategies[i], fd, &step), 0);
    }
}

static void check_fails(int fd, int step, int error) {
    for (size_t i = 0; i < STRATEGIES; i++) {
        int failed;
        CHECK_EQUAL(start(strategies[i], fd, &failed), -error);
        CHECK_EQUAL(failed, step);
        check_no_child();
    }
}

static int open_cgroup(void) { return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC); }

static void starts_in_a_cgroup(void) {
    if (!make_cgroup()) {
        return;
    }
    int fd = open_cgroup();
    check_starts(fd);
    close(fd);
    remove_cgroup();
}

/* Kernels kill a child at its birth there from then on. */
static void starts_in_a_cgroup_that_was_killed(void) {
    if (!make_cgroup()) {
        return;
    }
    if (write_file("cgroup.kill", "1") < 0) {
        printf("skipped, no cgroup.kill: ");
    } else {
        int fd = open_cgroup();
        check_starts(fd);
        close(fd);
    }
    remove_cgroup();
}

/* Where the kernel has killed one child, no other is born to die: by clone3(2), which alone knows
 * cgroups, and which would end us here. */
static void makes_no_second_child_to_die_in_a_cgroup(void) {
    if (!make_cgroup()) {
        return;
    }
    int fd = open_cgroup();
    int step;
    if (write_file("cgroup.kill", "1") == 0) {
        CHECK_EQUAL(start(REQUEST_STRATEGY_FORK, fd, &step), 0);
    }
    if (!cgroup_has_killed()) {
        printf("skipped, this kernel kills nobody: ");
    } else {
        filter_answer(SYS_clone3, SECCOMP_RET_KILL_PROCESS);
        CHECK_EQUAL(start(REQUEST_STRATEGY_FORK, fd, &step), 0);
        CHECK_EQUAL(start(REQUEST_STRATEGY_VFORK, fd, &step), 0);
    }
    close(fd);
    remove_cgroup();
}

static void cgroup_is_deadly_knows_one_from_another(void) {
    if (!make_cgroup()) {
        return;
    }
    struct request request = {.cgroup = open_cgroup()};
    struct request other = {.cgroup = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    CHECK(!cgroup_is_deadly(&request));
    cgroup_note_death(&request);
    CHECK(cgroup_has_killed());
    CHECK(cgroup_is_deadly(&request));
    CHECK(!cgroup_is_deadly(&other));
    close(request.cgroup);
    close(other.cgroup);
    remove_cgroup();
}

static void refuses_a_frozen_cgroup(void) {
    if (!make_cgroup()) {
        return;
    }
    int fd = open_cgroup();
    CHECK_EQUAL(write_file("cgroup.freeze", "1"), 0);
    check_fails(fd, REQUEST_STEP_CGROUP_FROZEN, EBUSY);
    CHECK_EQUAL(write_file("cgroup.freeze", "0"), 0);
    check_starts(fd);
    close(fd);
    remove_cgroup();
}

static void tells_that_a_cgroup_was_removed(void) {
    if (!make_cgroup()) {
        return;
    }
    int fd = open_cgroup();
    remove_cgroup();
    check_fails(fd, REQUEST_STEP_CGROUP, ENOENT);
    close(fd);
}

/* One that is a domain of its own below a threaded one: it takes nobody until it is threaded too.
 */
static int open_invalid(char *below, size_t size) {
    snprintf(below, size, "%s/below", directory);
    CHECK_EQUAL(write_file("cgroup.type", "threaded"), 0);
    CHECK(mkdir(below, 0755) == 0);
    return open(below, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void tells_that_a_cgroup_is_to_be_threaded(void) {
    if (!make_cgroup()) {
        return;
    }
    char below[512];
    int fd = open_invalid(below, sizeof below);
    check_fails(fd, REQUEST_STEP_CGROUP, EOPNOTSUPP);
    close(fd);
    CHECK(rmdir(below) == 0);
    remove_cgroup();
}

static void moves_a_child_where_clone3_is_refused(void) {
    if (!make_cgroup()) {
        return;
    }
    int fd = open_cgroup();
    filter_answer(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    check_starts(fd);
    CHECK_EQUAL(write_file("cgroup.freeze", "1"), 0);
    check_fails(fd, REQUEST_STEP_CGROUP_FROZEN, EBUSY);
    CHECK_EQUAL(write_file("cgroup.freeze", "0"), 0);
    close(fd);

    char below[512];
    fd = open_invalid(below, sizeof below);
    check_fails(fd, REQUEST_STEP_CGROUP_MOVE, EOPNOTSUPP);
    CHECK(rmdir(below) == 0);
    remove_cgroup();
    check_fails(fd, REQUEST_STEP_CGROUP_MOVE, ENOENT);
    close(fd);
}

/* Has every write of one byte wait for whoever reads the descriptor that it returns; -1 with errno
 * if that cannot be. */
static int hold_writes(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return filter_install(code, sizeof code / sizeof code[0], SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

/* Removes the cgroup when a child is about to write itself into it, and lets the child go on. */
static void *remove_before_write(void *listener) {
    struct seccomp_notif held = {0};
    CHECK_EQUAL(ioctl(*(int *)listener, SECCOMP_IOCTL_NOTIF_RECV, &held), 0);
    struct seccomp_notif_resp go_on = {.id = held.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    CHECK_EQUAL(rmdir(directory), 0);
    CHECK_EQUAL(ioctl(*(int *)listener, SECCOMP_IOCTL_NOTIF_SEND, &go_on), 0);
    return NULL;
}

/* Its cgroup.procs is open then already, by which the kernel says something else. */
static void tells_that_a_cgroup_was_removed_before_the_child_moved(void) {
    if (!make_cgroup()) {
        return;
    }
    filter_answer(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    int listener = hold_writes();
    if (listener < 0 && errno == EBUSY) {
        printf("skipped, a filter of whoever runs us has a listener, and there can be one only: ");
        remove_cgroup();
        return;
    }
    CHECK(listener >= 0);
    for (size_t i = 0; i < STRATEGIES; i++) {
        CHECK(i == 0 || make_cgroup());
        int fd = open_cgroup();
        int step;
        pthread_t competitor;
        CHECK_EQUAL(pthread_create(&competitor, NULL, remove_before_write, &listener), 0);
        CHECK_EQUAL(start(strategies[i], fd, &step), -ENODEV);
        CHECK_EQUAL(step, REQUEST_STEP_CGROUP_MOVE);
        CHECK_EQUAL(pthread_join(competitor, NULL), 0);
        check_no_child();
        close(fd);
    }
    close(listener);
}

int main(void) {
    RUN(starts_in_a_cgroup);
    RUN(starts_in_a_cgroup_that_was_killed);
    RUN(makes_no_second_child_to_die_in_a_cgroup);
    RUN(cgroup_is_deadly_knows_one_from_another);
    RUN(refuses_a_frozen_cgroup);
    RUN(tells_that_a_cgroup_was_removed);
    RUN(tells_that_a_cgroup_is_to_be_threaded);
    RUN(moves_a_child_where_clone3_is_refused);
    RUN(tells_that_a_cgroup_was_removed_before_the_child_moved);
    return 0;
}
