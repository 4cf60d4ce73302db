// SPDX-License-Identifier: Apache-2.0
/* Warm templates: a program that was executed and linked ahead, and is cloned for each start.
 *
 * See protocol.h for how it works. All may be called by several threads at once; but a helper is
 * made by a thread that outlives it, as that thread is the parent whose death a child can ask to be
 * told of, and it is freed when nobody uses it any more.
 *
 * As long as a helper lives its program is being executed: the file cannot be written to. */
#ifndef SPAWN4J_WARM_H
#define SPAWN4J_WARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why something is not started warm, or no helper can be made. */
enum warm_reason {
    WARM_STARTED = 0,

    /* The program. */
    WARM_NO_FILE,        /* it cannot be read */
    WARM_SETUID,         /* it gives ids or capabilities to a process that executes it */
    WARM_NOT_ELF,        /* neither a program of this machine nor a script */
    WARM_STATIC,         /* it has no dynamic linker, so nothing would be gained */
    WARM_UNKNOWN_LINKER, /* a dynamic linker that is not glibc's */
    WARM_LINKER_DIFFERS, /* its dynamic linker was tried, and did not start warm as cold */
    WARM_ENV,            /* a script of env(1), which executes something else at once */
    WARM_LINKER_ACTS,    /* its linker does more than link: it prints something, or is audited */
    WARM_NEVER_LINKED,   /* it ended, or stopped elsewhere, before it was linked */

    /* The system, at making. */
    WARM_NO_ARCHITECTURE, /* not built for this processor */
    WARM_NO_KERNEL,       /* a system call that is needed is missing or forbidden */
    WARM_NO_TRACING,      /* ptrace(2) is forbidden */
    WARM_NO_PROC,         /* no /proc of our pid namespace */
    WARM_NO_SPAWN,        /* the program could not be executed at all */
    WARM_SIGCHLD_IGNORED, /* children are reaped by nobody */
    WARM_NO_MEMORY,       /* memory or descriptors are short */
    WARM_TIMEOUT,         /* not ready by the deadline */

    /* The request. */
    WARM_OTHER_REQUEST,     /* it asks for what only a cold start can do */
    WARM_OTHER_PROGRAM,     /* the helper has executed another program */
    WARM_OTHER_ENVIRONMENT, /* variables that the linker reads differ */
    WARM_TOO_BIG,           /* arguments, environment or descriptors are too many */

    /* What has changed since the helper was made. */
    WARM_STALE,           /* the program, or a file that it maps */
    WARM_OTHER_AUTHORITY, /* ids, groups, capabilities, no_new_privs, filters: who starts */
    WARM_NO_ACCESS,       /* who starts might not trace the helper, or has its own directory */
    WARM_OTHER_SCHEDULE,  /* niceness, policy, processors, input and output priority, slack */
    WARM_OTHER_GROUP,     /* session, process group or cgroup */
    WARM_OTHER_LIMITS,    /* limits that a child cannot take over, such as the stack's */

    /* The helper. */
    WARM_BUSY,   /* no slot is free */
    WARM_LATE,   /* no child by the deadline: the request is cancelled, the helper to be renewed */
    WARM_BROKEN, /* helper or child have ended: to be renewed */

    WARM_REASONS
};

struct warm_helper;

/* Makes a helper for the program of a request, which is read but not started: its program, first
 * argument and the variables that the dynamic linker reads count. The calling thread traces the
 * program for a moment. Returns WARM_STARTED with `helper`, which is the caller's to free, or why
 * there is none, and the errno behind it in `error`, if any; then nothing is left. */
enum warm_reason warm_make(void *block, size_t capacity, int deadline_ms,
                           struct warm_helper **helper, int *error);

/* Ends the helper and the children that wait, reaps them and frees all. Started processes live on.
 */
void warm_free(struct warm_helper *helper);

/* Starts the child that the block describes, as spawn() does, through a helper. Returns
 * WARM_STARTED with `result` as spawn() would return it and the same outcome in the block; or why
 * it is to be started in another way: then nothing has happened, and nothing will. If no child has
 * taken the request after `deadline_ms` it is taken back; once one has, it is waited for as in
 * spawn(). */
enum warm_reason warm_start(struct warm_helper *helper, void *block, size_t capacity,
                            int deadline_ms, int *result);

/* Sees to it that `count` children wait, WARM_SLOTS at most: a start that finds one is not waited
 * for if nothing can fail in the child. What it is to open, we open then; a FIFO without its other
 * end holds the caller up. Returns how many wait or are about to. */
int warm_park(struct warm_helper *helper, int count);

/* Looks whether the helper is to be renewed: WARM_STALE or WARM_BROKEN, else WARM_STARTED. To be
 * called every now and then, as a child that ended before it took its message is noticed by nobody
 * else, and what it was sent stays open. */
enum warm_reason warm_look(struct warm_helper *helper);

/* The helper's process. */
int warm_pid(const struct warm_helper *helper);

#endif
