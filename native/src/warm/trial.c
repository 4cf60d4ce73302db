// SPDX-License-Identifier: Apache-2.0
/* All that we rely on of a linker is that nothing it did for the helper was meant for the helper
 * alone. That cannot be known of one that somebody has changed, or of one yet to be written. So the
 * program sample.c tells all that it can know of its start; it is started cold once and warm twice,
 * by a child that has waited and by one that has not.
 *
 * The sample lies in the library, and is written to a memfd with the linker's path in it: a file
 * beside the library would be found by its own linker only.
 *
 * A verdict is remembered for the file that the linker is (struct identity), not for its build id:
 * who changes a linker need not change its id. Only a comparison is a verdict. A trial that came to
 * none, as its processes were killed say, is made again. */
#include "warm/trial.h"

#include "block.h"
#include "slot.h"
#include "spawn.h"
#include "warm/build_id.h"
#include "warm/clock.h"
#include "warm/ended.h"
#include "warm/internal.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const char warm_sample[];
extern const char warm_sample_end[];

#define MOST_LINKERS 16
#define MOST_TOLD ((size_t)16 * 1024)
#define PATH_SIZE 64

/* Cold, warm and waiting, warm and cloned. */
#define STARTS 3

static const char arguments[] = "spawn4j-sample\0\0two words";
static const char variables[] = "A=b\0EMPTY=\0PATH=/usr/bin:/bin";

enum { ARGUMENTS = 3, VARIABLES = 3 };

/* The request for a start of the sample. */
struct order {
    struct request_header header;
    struct source sources[3];
    struct action actions[4];
    char path[PATH_SIZE];
    char arguments[sizeof arguments];
    char variables[sizeof variables];
    _Alignas(8) char *pointers[ARGUMENTS + VARIABLES + 3];
};

enum { NULL_DEVICE, OUTPUT, SAMPLE, SOURCES };

struct trial {
    const struct linker *linker;
    int64_t deadline_ns;
    int *error;
    int sample; /* a memfd */
    char path[PATH_SIZE];
    struct order *order;
    size_t capacity;
    struct warm_helper *helper;
    char (*told)[MOST_TOLD]; /* what each start has told */
};

static struct verdict {
    struct linker linker;
    char build_id[BUILD_ID_SIZE];
    bool passes;
} verdicts[MOST_LINKERS];
static int verdicts_count; /* of all; the latest ones are kept */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static enum warm_reason refuse(const struct trial *trial, enum warm_reason reason, long error) {
    *trial->error = (int)-error;
    return reason;
}

static const struct verdict *verdict_at(int index) { return &verdicts[index % MOST_LINKERS]; }

static int first_verdict(void) {
    return verdicts_count > MOST_LINKERS ? verdicts_count - MOST_LINKERS : 0;
}

/* Whether there is one; then it is stored in `passes`. */
static bool remembers(const struct linker *linker, bool *passes) {
    bool found = false;
    pthread_mutex_lock(&lock);
    for (int i = first_verdict(); i < verdicts_count && !found; i++) {
        found = identity_equal(&verdict_at(i)->linker.identity, &linker->identity);
        *passes = verdict_at(i)->passes;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static void remember(const struct linker *linker, bool passes) {
    pthread_mutex_lock(&lock);
    struct verdict *verdict = &verdicts[verdicts_count++ % MOST_LINKERS];
    verdict->linker = *linker;
    verdict->passes = passes;
    build_id_read(linker->path, verdict->build_id);
    pthread_mutex_unlock(&lock);
}

size_t trial_tell(char *text, size_t capacity) {
    size_t length = 0;
    text[0] = 0;
    pthread_mutex_lock(&lock);
    for (int i = first_verdict(); i < verdicts_count; i++) {
        const struct verdict *verdict = verdict_at(i);
        int size =
            snprintf(text + length, capacity - length, "%s %s %s\n",
                     verdict->passes ? "same" : "differs", verdict->build_id, verdict->linker.path);
        if (size < 0 || (size_t)size >= capacity - length) {
            text[length] = 0;
            break;
        }
        length += (size_t)size;
    }
    pthread_mutex_unlock(&lock);
    return length;
}

/* Writes the linker's path into a copy of the sample. */
static bool name_linker(char *sample, const char *path) {
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)sample;
    for (int i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) *segment = (ElfW(Phdr) *)(sample + header->e_phoff) + i;
        if (segment->p_type == PT_INTERP && strlen(path) < segment->p_filesz) {
            strcpy(sample + segment->p_offset, path);
            segment->p_filesz = segment->p_memsz = strlen(path) + 1;
            return true;
        }
    }
    return false;
}

static enum warm_reason write_sample(struct trial *trial) {
    const size_t size = (size_t)(warm_sample_end - warm_sample);
    char *sample = malloc(size);
    long written = -ENOMEM;
    if (sample) {
        memcpy(sample, warm_sample, size);
        written = name_linker(sample, trial->linker->path)
                      ? sys_call(SYS_pwrite64, trial->sample, (long)sample, (long)size, 0, 0, 0)
                      : -ENAMETOOLONG;
        free(sample);
    }
    if (written == -ENAMETOOLONG) {
        return refuse(trial, WARM_LINKER_DIFFERS, written);
    }
    return written == (long)size ? WARM_STARTED : refuse(trial, WARM_NO_MEMORY, written);
}

/* Nobody can write to it any more, and it has a path. */
static enum warm_reason make_sample(struct trial *trial) {
    struct identity made;
    struct identity found;
    trial->sample = warm_make_memfd(WARM_MEMFD_EXEC);
    if (trial->sample < 0) {
        return refuse(trial, WARM_NO_MEMORY, trial->sample);
    }
    enum warm_reason reason = write_sample(trial);
    if (reason != WARM_STARTED) {
        return reason;
    }
    int result = sys_fcntl(trial->sample, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK);
    if (result < 0) {
        return refuse(trial, WARM_NO_KERNEL, result);
    }
    /* For ourselves. It is executed by its descriptor: no other process may go by this path where
     * we are not dumpable, and where /proc is that of another pid namespace it leads elsewhere. */
    snprintf(trial->path, sizeof trial->path, "/proc/self/fd/%d", trial->sample);
    result = identity_read(trial->sample, "", &made);
    if (result == 0) {
        result = identity_read(AT_FDCWD, trial->path, &found);
    }
    return result == 0 && identity_equal(&made, &found) ? WARM_STARTED
                                                        : refuse(trial, WARM_NO_PROC, result);
}

static struct action placed(int source, int newfd) {
    return (struct action){.type = REQUEST_DUP2 | REQUEST_FD_IS_SOURCE,
                           .index = REQUEST_NO_INDEX,
                           .fd = source,
                           .newfd = newfd};
}

/* Anew for each start, which writes to it. */
static void compose(const struct trial *trial) {
    struct order *order = trial->order;
    *order = (struct order){
        .header = {.length = sizeof *order,
                   .strategy = REQUEST_STRATEGY_CLONE3,
                   .sources_offset = offsetof(struct order, sources),
                   .sources_count = SOURCES,
                   .actions_offset = offsetof(struct order, actions),
                   .actions_count = 4,
                   .attributes_offset = offsetof(struct order, actions),
                   .program_offset = offsetof(struct order, path),
                   .exec_source = SAMPLE,
                   .argv_offset = offsetof(struct order, arguments),
                   .argv_count = ARGUMENTS,
                   .envp_offset = offsetof(struct order, variables),
                   .envp_count = VARIABLES,
                   .pointers_offset = offsetof(struct order, pointers)},
        .sources = {[NULL_DEVICE] = {.kind = REQUEST_SOURCE_NULL, .fd = -1, .peer = -1},
                    [OUTPUT] = {.kind = REQUEST_SOURCE_PIPE_FROM_CHILD, .fd = -1, .peer = -1},
                    [SAMPLE] = {.kind = REQUEST_SOURCE_DESCRIPTOR,
                                .fd = trial->sample,
                                .peer = -1}},
        .actions = {placed(NULL_DEVICE, 0),
                    placed(OUTPUT, 1),
                    placed(NULL_DEVICE, 2),
                    {.type = REQUEST_CLOSE_RANGE, .index = REQUEST_NO_INDEX, .fd = 3, .newfd = -1}},
    };
    memcpy(order->path, trial->path, sizeof order->path);
    memcpy(order->arguments, arguments, sizeof arguments);
    memcpy(order->variables, variables, sizeof variables);
}

static int left_ms(const struct trial *trial) {
    int64_t left = (trial->deadline_ns - clock_now_ns()) / 1000000;
    return left < 1 ? 1 : (int)left;
}

/* Waits for all that the process that was just started tells, and ends it. */
static enum warm_reason hear(const struct trial *trial, char *told) {
    int output = trial->order->sources[OUTPUT].peer;
    struct pollfd ends[] = {{.fd = output, .events = POLLIN},
                            {.fd = trial->order->header.pidfd, .events = POLLIN}};
    size_t length = 0;
    long size = -ETIMEDOUT;
    while (sys_poll(ends, 2, left_ms(trial)) > 0) {
        /* It may have written and died after the look at its output and before the one at its
         * pidfd: what it told last would be lost, and a linker that does nothing wrong refused. Who
         * is dead tells no more, so another look sees all. */
        if (!ends[0].revents && sys_poll(ends, 1, 0) <= 0) {
            size = 0; /* it has died, and the pipe is kept open by what it has never fetched */
            break;
        }
        size = sys_read(output, told + length, MOST_TOLD - 1 - length);
        if (size <= 0) {
            break;
        }
        length += (size_t)size;
        size = -ETIMEDOUT;
    }
    told[length] = 0;
    sys_close(output);
    ended_kill(trial->order->header.pidfd, left_ms(trial));
    return size < 0 ? refuse(trial, WARM_TIMEOUT, size) : WARM_STARTED;
}

static enum warm_reason start_cold(const struct trial *trial, char *told) {
    compose(trial);
    int result = spawn(trial->order, trial->capacity);
    return result < 0 ? refuse(trial, WARM_NO_SPAWN, result) : hear(trial, told);
}

static enum warm_reason start_warm(const struct trial *trial, char *told) {
    int result;
    compose(trial);
    enum warm_reason reason =
        warm_start(trial->helper, trial->order, trial->capacity, left_ms(trial), &result);
    if (reason == WARM_STARTED && result < 0) {
        return refuse(trial, WARM_NO_SPAWN, result);
    }
    return reason == WARM_STARTED ? hear(trial, told) : reason;
}

static enum warm_reason make_helper(struct trial *trial) {
    compose(trial);
    enum warm_reason reason = warm_make_untried(trial->order, trial->capacity, trial->deadline_ns,
                                                &trial->helper, trial->error);
    /* Other than a program of the caller's it lacks nothing, and asks for nothing. */
    return reason == WARM_NEVER_LINKED || reason == WARM_LINKER_ACTS ? WARM_LINKER_DIFFERS : reason;
}

static bool is_complete(const char *told) {
    size_t length = strlen(told);
    return length > 5 && strcmp(told + length - 5, "\nend\n") == 0;
}

/* Whether both tell the same. What is drawn at random may differ. */
static bool is_same(const char *told, const char *other) {
    size_t line = strcspn(told, "\n");
    size_t other_line = strcspn(other, "\n");
    bool differs = line != other_line || memcmp(told, other, line) != 0;
    return differs && strcmp(told + line, other + other_line) == 0;
}

static enum warm_reason compare(const struct trial *trial) {
    for (int i = 0; i < STARTS; i++) {
        if (!is_complete(trial->told[i])) {
            return WARM_LINKER_DIFFERS; /* or somebody has killed it: that is no verdict */
        }
    }
    bool passes = is_same(trial->told[0], trial->told[1]) &&
                  is_same(trial->told[0], trial->told[2]) &&
                  is_same(trial->told[1], trial->told[2]);
    remember(trial->linker, passes);
    return passes ? WARM_STARTED : WARM_LINKER_DIFFERS;
}

static enum warm_reason run(struct trial *trial) {
    enum warm_reason reason = make_sample(trial);
    if (reason == WARM_STARTED) {
        reason = make_helper(trial);
    }
    if (reason == WARM_STARTED) {
        reason = start_cold(trial, trial->told[0]);
    }
    for (int i = 1; i < STARTS && reason == WARM_STARTED; i++) {
        reason = start_warm(trial, trial->told[i]);
    }
    return reason == WARM_STARTED ? compare(trial) : reason;
}

enum warm_reason trial_check(const struct linker *linker, int64_t deadline_ns, int *error) {
    bool passes;
    if (remembers(linker, &passes)) {
        return passes ? WARM_STARTED : WARM_LINKER_DIFFERS;
    }
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct trial trial = {
        .linker = linker,
        .deadline_ns = deadline_ns,
        .error = error,
        .sample = -1,
        .capacity = (sizeof(struct order) + page - 1) / page * page,
    };
    enum warm_reason reason = refuse(&trial, WARM_NO_MEMORY, -ENOMEM);
    trial.told = calloc(STARTS, sizeof *trial.told);
    trial.order = block_allocate(trial.capacity);
    if (trial.told && trial.order) {
        *error = 0;
        reason = run(&trial);
    }
    if (trial.helper) {
        warm_free(trial.helper);
    }
    if (trial.order) {
        block_free(trial.order, trial.capacity);
    }
    if (trial.sample >= 0) {
        slot_forget(trial.sample);
        sys_close(trial.sample);
    }
    free(trial.told);
    return reason;
}
