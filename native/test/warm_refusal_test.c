// SPDX-License-Identifier: Apache-2.0
/* Which programs and requests are not started warm, and why; and when a helper is out of date. */
#include "warm/trial.h"
#include "warm_requests.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/xattr.h>

static const char *const TRUE[] = {"/bin/true", NULL};
static const char *const ECHO_HI[] = {"/bin/echo", "hi", NULL};

static char folder[] = "/tmp/s4j-warm-XXXXXX";

/* The path of a file in our folder. */
static const char *path_of(const char *name) {
    static char path[4][128];
    static int next;
    char *result = path[next++ % 4];
    snprintf(result, sizeof path[0], "%s/%s", folder, name);
    return result;
}

static void write_file(const char *path, const void *bytes, size_t size, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    CHECK(fd >= 0);
    CHECK_EQUAL(write(fd, bytes, size), size);
    CHECK_EQUAL(fchmod(fd, mode), 0);
    close(fd);
}

static void copy_file(const char *from, const char *to, mode_t mode) {
    static char bytes[4 * 1024 * 1024];
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    long size = read(fd, bytes, sizeof bytes);
    CHECK(size > 0);
    close(fd);
    write_file(to, bytes, (size_t)size, mode);
}

static void check_refused(const char *path, enum warm_reason expected) {
    const char *const argv[] = {path, NULL};
    struct warm_helper *helper;
    int before = check_count_open();
    CHECK_EQUAL(try_to_make(argv, &helper), expected);
    CHECK(!helper);
    CHECK_EQUAL(check_count_open(), before);
    check_no_child();
}

static void missing_program_is_refused(void) { check_refused("/no/such/program", WARM_NO_FILE); }

static void directory_is_refused(void) { check_refused("/tmp", WARM_NO_FILE); }

static void relative_path_is_refused(void) { check_refused("bin/true", WARM_OTHER_REQUEST); }

static void setuid_program_is_refused(void) {
    copy_file("/bin/true", path_of("setuid"), 04755);
    check_refused(path_of("setuid"), WARM_SETUID);
    copy_file("/bin/true", path_of("setgid"), 02755);
    check_refused(path_of("setgid"), WARM_SETUID);
}

static void program_with_capabilities_is_refused(void) {
    const struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2,
                                      .data = {{.permitted = 1U << CAP_NET_RAW}}};
    copy_file("/bin/true", path_of("capable"), 0755);
    if (setxattr(path_of("capable"), "security.capability", &data, XATTR_CAPS_SZ_2, 0) != 0) {
        printf("skipped, no file capabilities (%s): ", strerror(errno));
        return;
    }
    check_refused(path_of("capable"), WARM_SETUID);
}

static void static_program_is_refused(void) { check_refused(NATIVE_BIN "/noop", WARM_STATIC); }

static void what_is_no_program_is_refused(void) {
    write_file(path_of("text"), "hello\n", 6, 0755);
    check_refused(path_of("text"), WARM_NOT_ELF);
    write_file(path_of("empty"), "", 0, 0755);
    check_refused(path_of("empty"), WARM_NOT_ELF);
    write_file(path_of("elf"), "\177ELF\1\1\1", 7, 0755);
    check_refused(path_of("elf"), WARM_NOT_ELF);
}

static void program_of_another_machine_is_refused(void) {
    copy_file("/bin/true", path_of("small"), 0755);
    int fd = open(path_of("small"), O_WRONLY | O_CLOEXEC);
    CHECK_EQUAL(pwrite(fd, "\1", 1, EI_CLASS), 1); /* 32 bits */
    close(fd);
    check_refused(path_of("small"), WARM_NOT_ELF);
    copy_file("/bin/true", path_of("foreign"), 0755);
    fd = open(path_of("foreign"), O_WRONLY | O_CLOEXEC);
    CHECK_EQUAL(pwrite(fd, "\xf3\0", 2, offsetof(Elf64_Ehdr, e_machine)), 2); /* RISC-V */
    close(fd);
    check_refused(path_of("foreign"), WARM_NOT_ELF);
}

static void script_of_env_is_refused(void) {
    static const char text[] = "#!/usr/bin/env -S sh -e\n";
    write_file(path_of("env"), text, sizeof text - 1, 0755);
    check_refused(path_of("env"), WARM_ENV);
}

#define USUAL_LINKER "/lib64/ld-linux-x86-64.so.2"

/* Replaces each `from` in a file by `to`, of the same size. Returns how many there were. */
static int replace(const char *path, const char *from, const char *to, size_t size) {
    static char bytes[4 * 1024 * 1024];
    int count = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    size_t length = (size_t)read(fd, bytes, sizeof bytes);
    for (char *at = bytes; (at = memmem(at, length - (size_t)(at - bytes), from, size)); count++) {
        memcpy(at, to, size);
    }
    CHECK_EQUAL(pwrite(fd, bytes, length, 0), length);
    close(fd);
    return count;
}

/* A copy of true that names `linker` as its own; null where that is not to be had. */
static const char *program_of_linker(const char *linker) {
    char name[sizeof USUAL_LINKER] = "";
    const char *program = path_of("other");
    CHECK(strlen(linker) < sizeof name);
    strcpy(name, linker);
    copy_file("/bin/true", program, 0755);
    if (replace(program, USUAL_LINKER, name, sizeof name) == 0) {
        printf("skipped, another linker: ");
        return NULL;
    }
    return program;
}

/* A linker without the mark of glibc's: a program that names another file as its own. */
static void unknown_linker_is_refused(void) {
    const char *program = program_of_linker("/bin/true");
    if (program) {
        check_refused(program, WARM_UNKNOWN_LINKER);
    }
}

static void linker_of_musl_is_refused(void) {
    static const char source[] = "int main(void) { return 0; }\n";
    char command[256];
    write_file(path_of("empty.c"), source, sizeof source - 1, 0644);
    snprintf(command, sizeof command, "musl-gcc -o %s/musl %s/empty.c 2> /dev/null", folder,
             folder);
    if (system(command) != 0) {
        printf("skipped, no musl-gcc: ");
        return;
    }
    check_refused(path_of("musl"), WARM_UNKNOWN_LINKER);
}

/* As it is written now: a file that is newer than the attempt might still be written to. */
static void await_age(const char *path) {
    struct timespec now;
    struct stat file;
    CHECK_EQUAL(stat(path, &file), 0);
    do {
        CHECK_EQUAL(clock_gettime(CLOCK_REALTIME_COARSE, &now), 0);
    } while (now.tv_sec == file.st_ctim.tv_sec && now.tv_nsec <= file.st_ctim.tv_nsec);
}

static void copied_linker_is_as_good(void) {
    char linker[sizeof USUAL_LINKER];
    struct warm_helper *helper;
    snprintf(linker, sizeof linker, "%s/ld", folder);
    copy_file(USUAL_LINKER, linker, 0755);
    const char *const argv[] = {program_of_linker(linker), NULL};
    if (argv[0]) {
        await_age(argv[0]);
        CHECK_EQUAL(try_to_make(argv, &helper), WARM_STARTED);
        warm_free(helper);
    }
}

static const char *programs_of_linker[2];

static void check_tried_once(void) {
    char told[512];
    warm_free(make(TRUE)); /* opens what stays open */
    check_refused(programs_of_linker[0], WARM_LINKER_DIFFERS);
    size_t length = trial_tell(told, sizeof told);
    CHECK(strstr(told, "\ndiffers "));
    CHECK(strstr(told, folder));
    check_refused(programs_of_linker[1], WARM_LINKER_DIFFERS);
    CHECK_EQUAL(trial_tell(told, sizeof told), length);
}

/* One that makes the stack's guard in another way: its lowest byte is 1. It has the build id of the
 * usual one. */
static void linker_that_differs_is_refused(void) {
    static const char clears[] = "\x30\xc0\x64\x48\x89\x04\x25\x28\0\0"; /* xor %al, %al */
    static const char sets[] = "\xb0\x01\x64\x48\x89\x04\x25\x28\0\0";   /* mov $1, %al */
    char linker[sizeof USUAL_LINKER];
    snprintf(linker, sizeof linker, "%s/ld", folder);
    copy_file(USUAL_LINKER, linker, 0755);
    if (replace(linker, clears, sets, sizeof clears) == 0) {
        printf("skipped, it does not look like that: ");
        return;
    }
    programs_of_linker[0] = program_of_linker(linker);
    if (programs_of_linker[0]) {
        const char *copy = path_of("another");
        copy_file(programs_of_linker[0], copy, 0755);
        programs_of_linker[1] = copy;
        check_tried_once();
    }
}

static void usual_linker_passes(void) {
    char told[512];
    struct warm_helper *helper = make(TRUE);
    CHECK(trial_tell(told, sizeof told) > 0);
    CHECK(strncmp(told, "same ", 5) == 0);
    warm_free(helper);
    warm_free(make(ECHO_HI));
    CHECK(strchr(told, '\n') == told + strlen(told) - 1);
}

/* What has come in between is no verdict. */
static void trial_that_could_not_be_made_is_made_again(void) {
    struct warm_helper *helper;
    char told[512];
    struct rlimit usual;
    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &usual), 0);
    const struct rlimit few = {(rlim_t)check_count_open() + 4, usual.rlim_max};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &few), 0);
    CHECK_EQUAL(try_to_make(TRUE, &helper), WARM_NO_MEMORY);
    CHECK_EQUAL(trial_tell(told, sizeof told), 0);
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &usual), 0);
    warm_free(make(TRUE));
    check_no_child();
}

static enum warm_reason try_with(const char *variable) {
    const char *const envp[] = {variable, NULL};
    struct builder b = request_begin();
    struct warm_helper *helper;
    int error;
    builder_end_with(&b, TRUE, envp);
    enum warm_reason reason = warm_make(b.memory, b.capacity, DEADLINE_MS, &helper, &error);
    if (reason == WARM_STARTED) {
        warm_free(helper);
    }
    request_discard(&b);
    check_no_child();
    return reason;
}

/* Here the linker lists what it would load, and ends. */
static void program_that_is_never_linked_is_refused(void) {
    CHECK_EQUAL(try_with("LD_TRACE_LOADED_OBJECTS=1"), WARM_NEVER_LINKED);
}

static void program_without_its_library_is_refused(void) {
    copy_file("/bin/true", path_of("lacking"), 0755);
    CHECK(replace(path_of("lacking"), "libc.so.6", "libx.so.6", sizeof "libc.so.6") > 0);
    warm_free(make(TRUE)); /* opens what stays open */
    check_refused(path_of("lacking"), WARM_NEVER_LINKED);
}

/* What the linker prints is printed by each start. */
static void linker_that_does_more_is_refused(void) {
    static const char *const variables[] = {
        "LD_DEBUG=statistics", "LD_DEBUG=all",      "LD_PRELOAD=/no/such/library.so",
        "LD_SHOW_AUXV=1",      "LD_AUDIT=/no.such", "LD_DEBUG_OUTPUT=/tmp/spawn4j-none"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        CHECK_EQUAL(try_with(variables[i]), WARM_LINKER_ACTS);
    }
    CHECK_EQUAL(try_with("LD_LIBRARY_PATH=/tmp"), WARM_STARTED);
}

static void unreadable_program_is_refused(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(chmod(folder, 0755), 0);
    copy_file("/bin/true", path_of("unreadable"), 0711);
    CHECK_EQUAL(setgid(65534), 0);
    CHECK_EQUAL(setuid(65534), 0);
    check_refused(path_of("unreadable"), WARM_NO_FILE);
}

static void ignored_children_are_refused(void) {
    signal(SIGCHLD, SIG_IGN);
    check_refused("/bin/true", WARM_SIGCHLD_IGNORED);
}

/* A filter that answers one call, with an error or a kill. */
static void answer(int nr, unsigned result) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, result),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof code / sizeof code[0], code};
    CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQUAL(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
}

static const struct {
    const char *name;
    int nr;
} calls[] = {
    {"ptrace", SYS_ptrace},
    {"kcmp", SYS_kcmp},
    {"unshare", SYS_unshare},
    {"getrandom", SYS_getrandom},
    {"socketpair", SYS_socketpair},
    {"sendmsg", SYS_sendmsg},
    {"recvmsg", SYS_recvmsg},
    {"sendto", SYS_sendto},
    {"inotify_init1", SYS_inotify_init1},
    {"get_robust_list", SYS_get_robust_list},
    {"set_robust_list", SYS_set_robust_list},
    {"ioprio_get", SYS_ioprio_get},
    {"personality", SYS_personality},
    {"getsid", SYS_getsid},
    {"capget", SYS_capget},
    {"fgetxattr", SYS_fgetxattr},
    {"ftruncate", SYS_ftruncate},
    {"pwrite64", SYS_pwrite64},
    {"memfd_create", SYS_memfd_create},
    {"clone", SYS_clone},
    {"prlimit64", SYS_prlimit64},
    {"dup3", SYS_dup3},
    {"close_range", SYS_close_range},
    {"pidfd_open", SYS_pidfd_open},
    {"sched_getattr", SYS_sched_getattr},
};

static size_t filtered_call;
static unsigned filtered_result;

/* Warm or cold, but started, and then what it was to do is done. */
static void start_under_filter(void) {
    struct warm_helper *helper;
    char text[16];
    answer(calls[filtered_call].nr, filtered_result);
    enum warm_reason reason = try_to_make(ECHO_HI, &helper);
    for (int i = 0; i < 2 && reason == WARM_STARTED; i++) {
        struct builder b = request_printing(ECHO_HI);
        int result;
        if (warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result) == WARM_STARTED) {
            CHECK_EQUAL(result, 0);
            await_output(&b, text, sizeof text);
            check_text(text, "hi\n");
        }
        request_discard(&b);
    }
    if (reason == WARM_STARTED) {
        warm_free(helper);
        printf("warm ");
    }
}

static void no_filter_makes_a_start_fail(void) {
    static const unsigned results[] = {SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ERRNO | ENOSYS,
                                       SECCOMP_RET_KILL_PROCESS};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (size_t j = 0; j < sizeof results / sizeof results[0]; j++) {
            if (calls[i].nr == SYS_clone && results[j] == SECCOMP_RET_KILL_PROCESS) {
                continue; /* who may not clone has no child to ask */
            }
            filtered_call = i;
            filtered_result = results[j];
            check_run(start_under_filter, calls[i].name);
        }
    }
}

static void tracing_that_is_forbidden_is_told(void) {
    answer(SYS_ptrace, SECCOMP_RET_ERRNO | EPERM);
    check_refused("/bin/true", WARM_NO_KERNEL);
}

/* A kernel without CONFIG_CHECKPOINT_RESTORE. */
static void kernel_that_does_not_set_maps_is_refused(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_MM, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof code / sizeof code[0], code};
    warm_free(make(TRUE)); /* opens what stays open */
    CHECK_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQUAL(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
    check_refused("/bin/true", WARM_NO_KERNEL);
}

static void what_is_traced_already_is_refused_or_warm(void) {
    pid_t pid = fork();
    if (pid == 0) {
        struct warm_helper *helper;
        CHECK_EQUAL(ptrace(PTRACE_TRACEME, 0, 0, 0), 0);
        enum warm_reason reason = try_to_make(TRUE, &helper);
        if (reason == WARM_STARTED) {
            warm_free(helper);
        }
        _exit(0);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    while (WIFSTOPPED(status)) {
        CHECK_EQUAL(ptrace(PTRACE_CONT, pid, 0, 0), 0);
        CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    }
    CHECK_EQUAL(status, 0);
}

static void without_proc_is_refused(void) {
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(unshare(CLONE_NEWNS), 0);
    CHECK_EQUAL(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    CHECK_EQUAL(umount2("/proc", MNT_DETACH), 0);
    struct warm_helper *helper;
    CHECK_EQUAL(try_to_make(TRUE, &helper), WARM_NO_PROC);
    CHECK(!helper);
    check_no_child();
}

/* Where children would have other pids than we know them by, the first of them being the init of
 * its namespace. */
static void another_pid_namespace_is_refused(void) {
    struct warm_helper *helper;
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(unshare(CLONE_NEWPID), 0);
    pid_t init = fork();
    CHECK(init >= 0);
    if (init == 0) {
        for (;;) {
            pause();
        }
    }
    CHECK(try_to_make(TRUE, &helper) != WARM_STARTED);
    kill(init, SIGKILL);
    CHECK_EQUAL(waitpid(init, NULL, 0), init);
    check_no_child();
}

/* A script's interpreter is linked ahead. */
static void script_starts_warm(void) {
    static const char text[] = "#! /bin/sh -u\necho \"$0|$*|$A\"; cat /proc/self/comm; "
                               "tr '\\0' ' ' < /proc/$$/cmdline; cat /proc/$$/comm\n";
    write_file(path_of("script"), text, sizeof text - 1, 0755);
    const char *const argv[] = {path_of("script"), "one", "two words", "", NULL};
    char texts[2][512];
    struct builder b = request_printing(argv);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    await_output(&b, texts[0], sizeof texts[0]);
    request_discard(&b);
    struct warm_helper *helper = make(argv);
    for (int i = 0; i < 2; i++) {
        int result;
        b = request_printing(argv);
        CHECK_EQUAL(warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result), WARM_STARTED);
        await_output(&b, texts[1], sizeof texts[1]);
        check_text(texts[1], texts[0]);
        request_discard(&b);
    }
    warm_free(helper);
}

static enum warm_reason try_request(struct warm_helper *helper, struct builder *b) {
    int result;
    enum warm_reason reason = warm_start(helper, b->memory, b->capacity, DEADLINE_MS, &result);
    request_discard(b);
    return reason;
}

/* Requests that only a cold start can do, whatever the helper is. */
static void other_requests_start_cold(void) {
    static const uint32_t flags[] = {REQUEST_FLAG_COPY_DESCRIPTORS, REQUEST_FLAG_KEEP_SIGNALS,
                                     REQUEST_FLAG_FAILURE_IS_EXIT, REQUEST_FLAG_TRACED};
    struct warm_helper *helper = make(ECHO_HI);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct builder b = request_printing(ECHO_HI);
        builder_header(&b)->flags = flags[i];
        CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_REQUEST);
    }
    struct builder b = request_begin(); /* keeps all that we have open */
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_REQUEST);

    b = request_begin(); /* a descriptor of ours by its number */
    builder_add_action(&b, REQUEST_DUP2, 7, 1);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_REQUEST);

    b = request_begin(); /* or by its name */
    builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 1)->text = builder_text(&b, "/proc/self/fd/7");
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_REQUEST);

    b = request_begin();
    builder_add_attribute(&b, REQUEST_RESET_IDS, 0);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, ECHO_HI, SHORT_ENVIRONMENT);
    CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_REQUEST);

    b = request_printing(TRUE);
    CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_PROGRAM);
    warm_free(helper);
}

static void other_variables_of_the_linker_start_cold(void) {
    static const char *const others[][4] = {
        {"LD_LIBRARY_PATH=/tmp", NULL},
        {"A=b", "LD_BIND_NOW=1", NULL},
        {"GLIBC_TUNABLES=glibc.malloc.check=1", NULL},
        {"MALLOC_ARENA_MAX=1", NULL},
    };
    struct warm_helper *helper = make(ECHO_HI);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct builder b = request_begin();
        builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
        builder_end_with(&b, ECHO_HI, others[i]);
        CHECK_EQUAL(try_request(helper, &b), WARM_OTHER_ENVIRONMENT);
    }
    warm_free(helper);
}

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
    answer(SYS_inotify_add_watch, SECCOMP_RET_ERRNO | ENOSPC);
    replaced_library_is_stale();
}

static void remove_folder(void) {
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK_EQUAL(system(command), 0);
}

int main(void) {
    CHECK(mkdtemp(folder));
    RUN(missing_program_is_refused);
    RUN(directory_is_refused);
    RUN(relative_path_is_refused);
    RUN(setuid_program_is_refused);
    RUN(program_with_capabilities_is_refused);
    RUN(static_program_is_refused);
    RUN(what_is_no_program_is_refused);
    RUN(program_of_another_machine_is_refused);
    RUN(script_of_env_is_refused);
    RUN(unknown_linker_is_refused);
    RUN(linker_of_musl_is_refused);
    RUN(usual_linker_passes);
    RUN(copied_linker_is_as_good);
    RUN(linker_that_differs_is_refused);
    RUN(trial_that_could_not_be_made_is_made_again);
    RUN(program_that_is_never_linked_is_refused);
    RUN(program_without_its_library_is_refused);
    RUN(linker_that_does_more_is_refused);
    RUN(unreadable_program_is_refused);
    RUN(ignored_children_are_refused);
    no_filter_makes_a_start_fail();
    RUN(tracing_that_is_forbidden_is_told);
    RUN(kernel_that_does_not_set_maps_is_refused);
    RUN(what_is_traced_already_is_refused_or_warm);
    RUN(without_proc_is_refused);
    RUN(another_pid_namespace_is_refused);
    RUN(script_starts_warm);
    RUN(other_requests_start_cold);
    RUN(other_variables_of_the_linker_start_cold);
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
