// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include "action.h"
#include "attribute.h"
#include "search.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ptrace.h>

static int exit_status(int error) {
    switch (error) {
    case -ENOENT:
        return 127;
    case -EACCES:
    case -ENOEXEC:
        return 126;
    default:
        return 1;
    }
}

_Noreturn static void fail(const struct request *request, int step, int index, int error) {
    if (request->header->flags & REQUEST_FLAG_FAILURE_IS_EXIT) {
        sys_exit(exit_status(error));
    }
    request_fail(request, step, index, error);
    sys_exit(127);
}

/* Closes the numbers from `base` on whose bits are set. */
static int close_set(const struct request *request, unsigned base, uint64_t set) {
    unsigned at = 0;
    while (at < SLOT_WINDOW) {
        unsigned first = at;
        while (at < SLOT_WINDOW && set >> at & 1) {
            at++;
        }
        if (at > first) {
            int result = action_close_range(request, base + first, base + at - 1, 0);
            if (result < 0) {
                return result;
            }
        }
        at++;
    }
    return 0;
}

/* Closes the placeholders below the window. */
static int close_placeholders(const struct request *request) {
    int result = 0;
    for (unsigned base = 0; base < request->base && result == 0; base += SLOT_WINDOW) {
        result = close_set(request, base, request->slots.below[base / SLOT_WINDOW]);
    }
    return result;
}

/* Closes below the window what the last actions would close. It is open in the JVM since before the
 * library was loaded, or somebody has opened it since under such a number, to write a program say.
 * Until exec closed it that could not be executed. */
static int close_below(const struct request *request) {
    int result = 0;
    for (uint32_t i = request->sweep; i < request->header->actions_count && result == 0; i++) {
        unsigned first = (unsigned)request->actions[i].fd;
        unsigned last = (unsigned)request->actions[i].newfd;
        first = first > 2 ? first : 3;
        last = last < request->base ? last : request->base - 1;
        result = first <= last ? action_close_range(request, first, last, 0) : 0;
    }
    return result;
}

/* The slots that hold nothing whose end anybody waits for. */
static uint64_t quiet_slots(const struct request *request) {
    return *request->slots.available | *request->slots.kept;
}

/* Makes the descriptor table our own, without what is not for us.
 *
 * What other threads are handing to their children goes at once: an action or an exec that waits,
 * for a dead file system say, would keep it open for as long as that takes, and a pipe would not
 * end. The rest can stay until exec closes it, which is cheaper, unless an action uses a number
 * that it is to find closed. A slot that is quiet before and after is taken to have been so when
 * the table was copied. One that was lent and returned in between, while we did not run, escapes;
 * so where an action may wait everything is closed. */
static int take_table(const struct request *request) {
    bool all = !request->cut || request->may_wait || request->uses_ours;
    uint64_t quiet = all ? 0 : quiet_slots(request);
    if (request->cut) {
        /* First of all: until here the table is the JVM's own, and whatever we did to it would
         * happen to the JVM. */
        int result = sys_close_range(request->cut, ~0U, CLOSE_RANGE_UNSHARE);
        if (result == 0 && request->base && !request->uses_files) {
            result = close_below(request);
        }
        if (result < 0) {
            return result;
        }
    }
    quiet &= quiet_slots(request);
    int result = all ? close_placeholders(request) : 0;
    return result < 0 ? result : close_set(request, request->base, request->reserved & ~quiet);
}

/* Before the table is ours: the descriptor is the JVM's, of any number. */
static int enter_cgroup(const struct request *request) {
    if (request->cgroup < 0) {
        return 0;
    }
    if (request->procs < 0) {
        request->header->step = REQUEST_STEP_NONE; /* we were born there, and live */
        return 0;
    }
    long result = sys_write(request->procs, "0", 1);
    return result < 0 ? (int)result : 0;
}

static int execute_path(const struct request *request, const char *path, char **argv,
                        void *context) {
    (void)context;
    return sys_execve(path, argv, request->envp);
}

static int execute(const struct request *request) {
    int source = request->header->exec_source;
    if (source < 0 || request->search) {
        return search_program(request, execute_path, NULL);
    }
    return sys_execveat(request->sources[source].placed, "", request->argv, request->envp,
                        AT_EMPTY_PATH);
}

static int take_attributes(const struct request *request, uint32_t first, uint32_t end,
                           struct child_failure *failure) {
    failure->step = REQUEST_STEP_ATTRIBUTE;
    return attributes_apply(request, first, end, &failure->index);
}

/* Whether exec may close what the last actions close. Not where a file is opened behind a new
 * limit, for which all numbers below that could be taken: the start would fail with EMFILE. There
 * is one, by which a child in a pid namespace finds its parent when it sets its death signal again.
 */
static bool leaves_to_exec(const struct request *request) {
    return !(request->death_signal && request->birth & CLONE_NEWPID);
}

int child_configure(const struct request *request, signal_set *mask,
                    struct child_failure *failure) {
    int result = take_attributes(request, 0, REQUEST_FIRST_LATE, failure);
    if (result < 0) {
        return result;
    }
    for (uint32_t i = 0; i < request->header->actions_count; i++) {
        const struct action *action = &request->actions[i];
        result = i >= request->sweep && leaves_to_exec(request)
                     ? action_sweep(request, action)
                     : action_apply(request, action, mask);
        if (result < 0) {
            *failure = (struct child_failure){REQUEST_STEP_ACTION, (int)i};
            return result;
        }
    }
    return take_attributes(request, REQUEST_FIRST_LATE, UINT32_MAX, failure);
}

void child_run(void *argument) {
    const struct request *request = argument;
    const uint32_t flags = request->header->flags;
    signal_set mask = request->mask;
    int result = enter_cgroup(request);
    if (result < 0) {
        fail(request, REQUEST_STEP_CGROUP_MOVE, REQUEST_NO_INDEX, result);
    }
    result = take_table(request);
    if (result < 0) {
        fail(request, REQUEST_STEP_UNSHARE, REQUEST_NO_INDEX, result);
    }

    /* Before the mask goes: a handler of the JVM that ran here would write into the JVM's memory.
     * Ignored signals too, unless they are asked for: they would stay ignored across exec, so that
     * `yes | head` never ends. */
    if (!(flags & REQUEST_FLAG_KEEP_SIGNALS)) {
        result = action_default_signals(SIGNAL_SET_ALL);
    } else if (!request->lacks_handlers) {
        result = action_drop_handlers();
    }
    if (result < 0) {
        fail(request, REQUEST_STEP_SIGNALS, REQUEST_NO_INDEX, result);
    }

    struct child_failure failure;
    result = child_configure(request, &mask, &failure);
    if (result < 0) {
        fail(request, failure.step, failure.index, result);
    }
    if (flags & REQUEST_FLAG_TRACED) {
        result = sys_ptrace(PTRACE_TRACEME, 0, 0);
        if (result < 0) {
            fail(request, REQUEST_STEP_TRACE, REQUEST_NO_INDEX, result);
        }
        /* All but the stop at exec stays blocked: a traced process stops at every signal, even an
         * ignored one, until its tracer lets it go on; and that one is suspended until we have
         * executed the program. */
        mask = SIGNAL_SET_ALL & ~((signal_set)1 << (SIGTRAP - 1));
    }

    /* Last: a signal that has waited may end us from here on, which is then the program's exit and
     * no failure of ours. */
    result = sys_sigmask(&mask, NULL);
    if (result < 0) {
        fail(request, REQUEST_STEP_SIGNALS, REQUEST_NO_INDEX, result);
    }
    result = execute(request);
    fail(request, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, result);
}
