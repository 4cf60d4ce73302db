// SPDX-License-Identifier: Apache-2.0
/* Which programs and requests are not started warm, and why. */
#include "warm/trial.h"
#include "warm_folder.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <sys/xattr.h>

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
    RUN(script_starts_warm);
    RUN(other_requests_start_cold);
    RUN(other_variables_of_the_linker_start_cold);
    remove_folder();
    return 0;
}
