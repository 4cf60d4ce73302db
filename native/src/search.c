// SPDX-License-Identifier: Apache-2.0
#include "search.h"

#include <errno.h>
#include <limits.h>

static char shell[] = "/bin/sh";

static bool is_execvp(const struct request *request) {
    return request->header->flags & REQUEST_FLAG_EXECVP;
}

static int execute_file(const struct request *request, const char *path, search_execute *execute,
                        void *context) {
    int result = execute(request, path, request->argv, context);
    if (result != -ENOEXEC || !is_execvp(request)) {
        return result;
    }
    char **argv = request->argv - 1; /* there is room for one string more */
    char *name = argv[1];
    argv[0] = shell;
    argv[1] = (char *)path;
    result = execute(request, shell, argv, context);
    argv[1] = name;
    return result;
}

/* Whether the search goes on: the errors of execvp(3), after which another directory may do. */
static bool is_passed_over(int result) {
    switch (result) {
    case -ENOENT:
    case -ENOTDIR:
    case -EACCES:
    case -ESTALE:
    case -ENODEV:
    case -ETIMEDOUT:
        return true;
    default:
        return false;
    }
}

/* Writes the path of `name` in a directory, whose own ends with a colon or NUL, to `candidate`.
 * Returns whether it fits. */
static bool join(char candidate[PATH_MAX], const char *directory, const char *name) {
    size_t length = 0;
    while (*directory && *directory != ':' && length < PATH_MAX - 1) {
        candidate[length++] = *directory++;
    }
    if (length > 0) {
        candidate[length++] = '/';
    }
    while (*name && length < PATH_MAX) {
        candidate[length++] = *name++;
    }
    if (length == PATH_MAX) {
        return false;
    }
    candidate[length] = 0;
    return true;
}

int search_program(const struct request *request, search_execute *execute, void *context) {
    if (!request->search) {
        return execute_file(request, request->program, execute, context);
    }
    char candidate[PATH_MAX];
    int failure = -ENOENT;
    bool denied = false;
    for (const char *directory = request->search;; directory++) {
        bool usable = (*directory && *directory != ':') || is_execvp(request);
        if (usable && join(candidate, directory, request->program)) {
            int result = execute_file(request, candidate, execute, context);
            if (!is_passed_over(result)) {
                return result;
            }
            denied |= result == -EACCES;
            /* execvp(3) tells of the last one; that some directories are missing is no news. */
            if (is_execvp(request) || (result != -ENOENT && result != -ENOTDIR)) {
                failure = result;
            }
        }
        while (*directory && *directory != ':') {
            directory++;
        }
        if (!*directory) {
            return denied ? -EACCES : failure;
        }
    }
}
