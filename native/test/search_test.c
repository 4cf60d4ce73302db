// SPDX-License-Identifier: Apache-2.0
/* search_program() with an execution that fails as the test says. */
#include "search.h"

#include "builder.h"

#include <errno.h>

#define CAPACITY 4096

/* What becomes of the candidates, one after the other. */
struct script {
    const int *results;
    int count;
    char paths[8][64];
    char arguments[8][64];
};

static int execute(const struct request *request, const char *path, char **argv, void *context) {
    (void)request;
    struct script *script = context;
    CHECK(script->count < 8);
    snprintf(script->paths[script->count], sizeof script->paths[0], "%s", path);
    char *arguments = script->arguments[script->count];
    *arguments = 0;
    for (; *argv; argv++) {
        strcat(strcat(arguments, *argv), " ");
    }
    return script->results[script->count++];
}

/* Searches "name" with two arguments. */
static int search(const char *directories, uint32_t flags, const int *results,
                  struct script *script) {
    static char memory[CAPACITY] __attribute__((aligned(8)));
    struct builder b;
    struct request request;
    *script = (struct script){.results = results};
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->flags = flags;
    if (directories) {
        builder_header(&b)->search_offset = builder_text(&b, directories);
    }
    builder_end(&b, (const char *const[]){"name", "1", "2", NULL});
    CHECK_EQUAL(request_open(&request, memory, CAPACITY), 0);
    int result = search_program(&request, execute, script);
    CHECK(strcmp(request.argv[0], "name") == 0);
    return result;
}

static void check_paths(const struct script *script, const char *const paths[]) {
    int count = 0;
    for (; paths[count]; count++) {
        CHECK(count < script->count);
        CHECK(strcmp(script->paths[count], paths[count]) == 0);
    }
    CHECK_EQUAL(script->count, count);
}

/* As execvp(3): a directory that is missing, denied or out of reach ends nothing. */
static void search_goes_on_where_another_directory_may_do(void) {
    const int passed_over[] = {-ENOENT, -ENOTDIR, -EACCES, -ESTALE, -ENODEV, -ETIMEDOUT};
    for (size_t i = 0; i < sizeof passed_over / sizeof passed_over[0]; i++) {
        struct script script;
        const int results[] = {passed_over[i], 0};
        CHECK_EQUAL(search("/a:/b:/c", 0, results, &script), 0);
        check_paths(&script, (const char *const[]){"/a/name", "/b/name", NULL});
        CHECK_EQUAL(search("/a:/b:/c", REQUEST_FLAG_EXECVP, results, &script), 0);
        check_paths(&script, (const char *const[]){"/a/name", "/b/name", NULL});
    }
}

/* What is found and cannot be executed is the answer. */
static void search_ends_with_other_errors(void) {
    const int ends[] = {-ENOEXEC, -ETXTBSY, -E2BIG, -ELOOP, -EIO, -ENOMEM};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct script script;
        CHECK_EQUAL(search("/a:/b", 0, &ends[i], &script), ends[i]);
        check_paths(&script, (const char *const[]){"/a/name", NULL});
    }
}

/* A denial is told first, then what is out of reach; that others are missing is no news. */
static void search_tells_the_error_that_says_most(void) {
    struct script script;
    CHECK_EQUAL(search("/a:/b", 0, (const int[]){-EACCES, -ESTALE}, &script), -EACCES);
    CHECK_EQUAL(search("/a:/b", 0, (const int[]){-ESTALE, -ENOENT}, &script), -ESTALE);
    CHECK_EQUAL(search("/a:/b", 0, (const int[]){-ENOTDIR, -ENOTDIR}, &script), -ENOENT);
    uint32_t execvp = REQUEST_FLAG_EXECVP;
    CHECK_EQUAL(search("/a:/b", execvp, (const int[]){-EACCES, -ENOENT}, &script), -EACCES);
    CHECK_EQUAL(search("/a:/b", execvp, (const int[]){-ENOENT, -ENOTDIR}, &script), -ENOTDIR);
}

/* Empty directories are skipped; as execvp(3) has it they are the current one. */
static void search_takes_empty_directories_as_asked(void) {
    const int missing[] = {-ENOENT, -ENOENT, -ENOENT, -ENOENT};
    struct script script;
    CHECK_EQUAL(search(":/a::", 0, missing, &script), -ENOENT);
    check_paths(&script, (const char *const[]){"/a/name", NULL});
    CHECK_EQUAL(search("", 0, missing, &script), -ENOENT);
    CHECK_EQUAL(script.count, 0);
    CHECK_EQUAL(search(":/a::", REQUEST_FLAG_EXECVP, missing, &script), -ENOENT);
    check_paths(&script, (const char *const[]){"name", "/a/name", "name", "name", NULL});
    CHECK_EQUAL(search("", REQUEST_FLAG_EXECVP, missing, &script), -ENOENT);
    check_paths(&script, (const char *const[]){"name", NULL});
}

/* A directory that makes too long a path is skipped. */
static void search_skips_what_is_too_long(void) {
    char directories[8192];
    memset(directories, 'x', sizeof directories);
    strcpy(directories + 4092, ":/b");
    struct script script;
    char memory[16384] __attribute__((aligned(8)));
    struct builder b;
    struct request request;
    script = (struct script){.results = (const int[]){0}};
    builder_begin(&b, memory, sizeof memory);
    builder_header(&b)->search_offset = builder_text(&b, directories);
    builder_end(&b, (const char *const[]){"name", NULL});
    CHECK_EQUAL(request_open(&request, memory, sizeof memory), 0);
    CHECK_EQUAL(search_program(&request, execute, &script), 0);
    check_paths(&script, (const char *const[]){"/b/name", NULL});
}

/* What is no program is run by the shell where that is asked for, and argv is as before. */
static void search_runs_shell_as_execvp_does(void) {
    struct script script;
    const int results[] = {-ENOENT, -ENOEXEC, 0};
    CHECK_EQUAL(search("/a:/b", REQUEST_FLAG_EXECVP, results, &script), 0);
    check_paths(&script, (const char *const[]){"/a/name", "/b/name", "/bin/sh", NULL});
    CHECK(strcmp(script.arguments[2], "/bin/sh /b/name 1 2 ") == 0);

    CHECK_EQUAL(search(NULL, REQUEST_FLAG_EXECVP, results + 1, &script), 0);
    check_paths(&script, (const char *const[]){"name", "/bin/sh", NULL});
    CHECK(strcmp(script.arguments[1], "/bin/sh name 1 2 ") == 0);

    CHECK_EQUAL(search(NULL, 0, results + 1, &script), -ENOEXEC);
}

/* Without a shell that error counts. */
static void search_tells_that_there_is_no_shell(void) {
    struct script script;
    const int results[] = {-ENOEXEC, -ENOENT, -ENOENT};
    CHECK_EQUAL(search(NULL, REQUEST_FLAG_EXECVP, results, &script), -ENOENT);
}

int main(void) {
    RUN(search_goes_on_where_another_directory_may_do);
    RUN(search_ends_with_other_errors);
    RUN(search_tells_the_error_that_says_most);
    RUN(search_takes_empty_directories_as_asked);
    RUN(search_skips_what_is_too_long);
    RUN(search_runs_shell_as_execvp_does);
    RUN(search_tells_that_there_is_no_shell);
    return 0;
}
