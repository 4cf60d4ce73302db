// SPDX-License-Identifier: Apache-2.0
/* The program is started as any other, but traced, and stopped behind its dynamic linker.
 *
 * The linker looks most functions up when they are first called. With LD_BIND_NOW it does so at
 * once, which then no child has to do. But it would also do so for whatever the program loads
 * later, so its variable that says so, _dl_lazy, is put back before the program goes on. There is
 * no symbol for it; it is the one int among the linker's read-only variables, which have one, that
 * is 1 in a program started without LD_BIND_NOW and 0 with it. That is found out once for a linker.
 */
#include "warm/link.h"

#include "block.h"
#include "libc.h"
#include "spawn.h"
#include "warm/number.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define EAGER "LD_BIND_NOW=1"

/* More read-only variables than any linker has. */
#define MOST_VARIABLES ((size_t)8192)

/* The linker's read-only variables, relative to where it lies. */
struct variables {
    uintptr_t offset;
    size_t size;
};

static enum warm_reason refuse(struct link *link, enum warm_reason reason, int error) {
    link->error = -error;
    return reason;
}

/* The request for the helper's own start: of the template's it has the program, its name, and the
 * variables that the linker reads. */
struct start {
    struct request_header header;
    struct source sources[6];
    struct action actions[7];
    char texts[];
};

enum { NULL_DEVICE, OUTPUT, LINE, IMAGE, MEMORY, EXECUTABLE };

static struct action placed(int source, int newfd) {
    return (struct action){.type = REQUEST_DUP2 | REQUEST_FD_IS_SOURCE,
                           .index = REQUEST_NO_INDEX,
                           .fd = source,
                           .newfd = newfd};
}

static uint32_t append(struct start *start, uint32_t *end, const char *text, size_t size) {
    uint32_t offset = *end;
    memcpy((char *)start + offset, text, size);
    *end += (uint32_t)size;
    return offset;
}

static void compose(struct start *start, const struct link *link) {
    uint32_t end = sizeof *start;
    *start = (struct start){
        .header = {.strategy = REQUEST_STRATEGY_CLONE3,
                   .flags = REQUEST_FLAG_TRACED | REQUEST_FLAG_SHARE_FS,
                   .sources_offset = offsetof(struct start, sources),
                   .sources_count = link->executable < 0 ? EXECUTABLE : EXECUTABLE + 1,
                   .actions_offset = offsetof(struct start, actions),
                   .actions_count = 7,
                   .attributes_offset = offsetof(struct start, actions),
                   .exec_source = link->executable < 0 ? -1 : EXECUTABLE,
                   .argv_count = 1},
        .sources = {[NULL_DEVICE] = {.kind = REQUEST_SOURCE_NULL, .fd = -1},
                    [OUTPUT] = {.kind = REQUEST_SOURCE_DESCRIPTOR, .fd = link->output},
                    [LINE] = {.kind = REQUEST_SOURCE_DESCRIPTOR, .fd = link->line},
                    [IMAGE] = {.kind = REQUEST_SOURCE_DESCRIPTOR, .fd = link->image},
                    [MEMORY] = {.kind = REQUEST_SOURCE_DESCRIPTOR, .fd = link->memory},
                    [EXECUTABLE] = {.kind = REQUEST_SOURCE_DESCRIPTOR, .fd = link->executable}},
        .actions = {placed(NULL_DEVICE, 0),
                    placed(OUTPUT, 1),
                    placed(OUTPUT, 2),
                    placed(LINE, WARM_LINE),
                    placed(IMAGE, WARM_IMAGE),
                    placed(MEMORY, WARM_MEMORY),
                    {.type = REQUEST_CLOSE_RANGE,
                     .index = REQUEST_NO_INDEX,
                     .fd = WARM_MEMORY + 1,
                     .newfd = -1}},
    };
    start->header.program_offset = append(start, &end, link->program, strlen(link->program) + 1);
    start->header.argv_offset = append(start, &end, link->name, strlen(link->name) + 1);
    start->header.envp_offset = end;
    if (link->is_eager) {
        append(start, &end, EAGER, sizeof EAGER);
    }
    append(start, &end, link->variables, link->variables_size);
    for (uint32_t at = start->header.envp_offset; at < end;
         at += (uint32_t)strlen((char *)start + at) + 1) {
        start->header.envp_count++;
    }
    start->header.pointers_offset = (end + 7) & ~7U;
    start->header.length =
        start->header.pointers_offset +
        (start->header.argv_count + start->header.envp_count + 3) * (uint32_t)sizeof(char *);
}

/* Starts the program, which stops at the first instruction of its linker. */
static enum warm_reason start(struct link *link) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    /* Each variable has two bytes at least. */
    size_t size = sizeof(struct start) + strlen(link->program) + 1 + strlen(link->name) + 1 +
                  sizeof EAGER + link->variables_size +
                  (link->variables_size / 2 + 8) * sizeof(char *);
    size = (size + page - 1) / page * page;
    struct start *start = block_allocate(size);
    if (!start) {
        return refuse(link, WARM_NO_MEMORY, -ENOMEM);
    }
    compose(start, link);
    int result = spawn(start, size);
    enum warm_reason reason = WARM_STARTED;
    if (result == 0) {
        link->tracee.pid = start->header.pid;
        link->tracee.pidfd = start->header.pidfd;
    } else {
        bool untraced = start->header.step == REQUEST_STEP_TRACE;
        reason = refuse(link, untraced ? WARM_NO_TRACING : WARM_NO_SPAWN, result);
    }
    block_free(start, size);
    return reason;
}

/* What the kernel knows of the process's memory, from /proc/PID/stat. It is the process's own if
 * the stack is where we found it; /proc may be that of another pid namespace. */
static bool read_map(struct link *link) {
    char path[32];
    char text[2048];
    uint64_t fields[64] = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", link->tracee.pid);
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    long size = fd < 0 ? fd : sys_read(fd, text, sizeof text - 1);
    if (fd >= 0) {
        sys_close(fd);
    }
    if (size <= 0) {
        return false;
    }
    text[size] = 0;
    const char *at = strrchr(text, ')');
    if (!at || strlen(at) < 4) {
        return false;
    }
    at += 4; /* to field 4; 3 is a letter */
    for (int field = 4; field < 64 && *at; field++) {
        fields[field] = number_read(&at);
    }
    link->map = (struct prctl_mm_map){
        .start_code = fields[26],
        .end_code = fields[27],
        .start_stack = fields[28],
        .start_data = fields[45],
        .end_data = fields[46],
        .start_brk = fields[47],
        .brk = fields[47],
        .arg_start = fields[48],
        .arg_end = fields[49],
        .env_start = fields[50],
        .env_end = fields[51],
        .exe_fd = (uint32_t)-1,
    };
    return fields[28] == link->stop.stack;
}

static enum warm_reason reason_of(int error) {
    switch (error) {
    case -ENOEXEC:
        return WARM_NEVER_LINKED;
    case -ETIMEDOUT:
        return WARM_TIMEOUT;
    case -ENOSYS:
        return WARM_NO_KERNEL;
    default:
        return WARM_NO_TRACING;
    }
}

static enum warm_reason run_to_stop(struct link *link) {
    int result = trace_read_start(&link->tracee, &link->start);
    if (result < 0) {
        return refuse(link, WARM_NO_TRACING, result);
    }
    if (link->start.is_secure) {
        return WARM_SETUID;
    }
    if (!link->start.loader) {
        return WARM_STATIC;
    }
    result = trace_run_to_stop(&link->tracee, &link->stop);
    if (result < 0) {
        return refuse(link, reason_of(result), result);
    }
    return read_map(link) ? WARM_STARTED : WARM_NO_PROC;
}

static void abandon(struct link *link) {
    if (link->tracee.pidfd >= 0) {
        sys_pidfd_send_signal(link->tracee.pidfd, SIGKILL, 0);
        sys_waitid(P_PIDFD, link->tracee.pidfd, NULL, WEXITED | __WALL, NULL);
        sys_close(link->tracee.pidfd);
        link->tracee.pidfd = -1;
    }
}

/* Throws away what was printed. Returns whether there was something. */
static bool empty(int fd) {
    char bytes[4096];
    bool found = false;
    while (sys_read(fd, bytes, sizeof bytes) > 0) {
        found = true;
    }
    return found;
}

static enum warm_reason run(struct link *link, bool is_eager) {
    link->is_eager = is_eager;
    empty(link->printed);
    enum warm_reason reason = start(link);
    if (reason == WARM_STARTED) {
        reason = run_to_stop(link);
    }
    if (reason == WARM_STARTED && empty(link->printed)) {
        reason = WARM_LINKER_ACTS; /* a warning, say, which a child would not print again */
    }
    if (reason != WARM_STARTED) {
        abandon(link);
    }
    return reason;
}

/* glibc's; musl has neither. */
typedef int locate_symbol(const void *address, Dl_info *info, void **found, int wanted);
static struct libc_function locate_function = {.name = "dladdr1"};
static struct libc_function linker_variables = {.name = "_rtld_global_ro"};
#define WANTS_SYMBOL 1 /* RTLD_DL_SYMENT */

/* Finds the variables in our own linker, if the program's is the same file. */
static bool find_variables(const struct link *link, struct variables *variables) {
    Dl_info info;
    const ElfW(Sym) *symbol = NULL;
    struct identity ours;
    const uintptr_t base = getauxval(AT_BASE);
    const void *address = libc_find(&linker_variables);
    locate_symbol *locate = libc_find(&locate_function);
    if (!base || !address || !locate || !locate(address, &info, (void **)&symbol, WANTS_SYMBOL) ||
        !symbol || symbol->st_size > MOST_VARIABLES ||
        identity_read(AT_FDCWD, info.dli_fname, &ours) < 0 ||
        !identity_equal(&ours, &link->linker)) {
        return false;
    }
    variables->offset = (uintptr_t)address - base;
    variables->size = symbol->st_size;
    return true;
}

/* Runs the program to its stop and reads the linker's variables there. */
static bool read_variables(struct link *link, bool is_eager, const struct variables *variables,
                           int *values) {
    if (run(link, is_eager) != WARM_STARTED) {
        return false;
    }
    int result =
        trace_read(&link->tracee, link->start.loader + variables->offset, values, variables->size);
    abandon(link);
    return result == 0;
}

/* Where _dl_lazy lies, relative to the linker; 0 if that is not to be found out. */
static uintptr_t find_lazy(struct link *link) {
    struct variables variables;
    int lazy[MOST_VARIABLES / sizeof(int)];
    int eager[MOST_VARIABLES / sizeof(int)];
    uintptr_t found = 0;
    if (!find_variables(link, &variables) || !read_variables(link, false, &variables, lazy) ||
        !read_variables(link, true, &variables, eager)) {
        return 0;
    }
    for (size_t i = 0; i < variables.size / sizeof(int); i++) {
        if (lazy[i] == 1 && eager[i] == 0) {
            if (found) {
                return 0;
            }
            found = variables.offset + i * sizeof(int);
        }
    }
    return found;
}

/* What of an identity tells linkers apart, in 32 bits that are not 0. */
static uint32_t fingerprint(const struct identity *linker) {
    uint64_t mixed = linker->inode * 0x9e3779b97f4a7c15 ^
                     (uint64_t)linker->ctime * 0xc2b2ae3d27d4eb4f ^ linker->ctime_ns ^
                     linker->device << 32;
    return (uint32_t)(mixed >> 32) | 1;
}

/* As find_lazy(), which is not called for the linker that it last found it in. */
static uintptr_t known_lazy(struct link *link) {
    static _Atomic uint64_t known; /* fingerprint << 32 | result */
    const uint32_t linker = fingerprint(&link->linker);
    const uint64_t last = known;
    if (last >> 32 == linker) {
        return (uint32_t)last;
    }
    uintptr_t found = find_lazy(link);
    if (found) {
        known = (uint64_t)linker << 32 | (uint32_t)found;
    }
    return found;
}

static bool is_eager_anyway(const struct link *link) {
    for (size_t at = 0; at < link->variables_size; at += strlen(link->variables + at) + 1) {
        if (strncmp(link->variables + at, EAGER, sizeof EAGER - 2) == 0) {
            return true;
        }
    }
    return false;
}

static enum warm_reason run_eagerly(struct link *link, uintptr_t lazy) {
    static const int one = 1;
    enum warm_reason reason = run(link, true);
    if (reason != WARM_STARTED) {
        return reason;
    }
    int result = trace_write(&link->tracee, link->start.loader + lazy, one);
    if (result < 0) {
        abandon(link);
        return refuse(link, WARM_NO_TRACING, result);
    }
    return WARM_STARTED;
}

enum warm_reason link_run(struct link *link) {
    uintptr_t lazy = is_eager_anyway(link) ? 0 : known_lazy(link);
    /* A program may lack a symbol that it never calls, and is then not to be linked eagerly. */
    if (lazy && run_eagerly(link, lazy) == WARM_STARTED) {
        return WARM_STARTED;
    }
    return run(link, false);
}

enum warm_reason link_enter_image(struct link *link, size_t size) {
    const long arguments[] = {0, (long)size, PROT_READ | PROT_EXEC, MAP_PRIVATE, WARM_IMAGE, 0};
    long image = 0;
    int result = trace_call(&link->tracee, link->start.vdso, SYS_mmap, arguments, &image);
    if (result == 0 && image < 0 && image > -4096) {
        return refuse(link, WARM_NO_KERNEL, (int)image);
    }
    if (result == 0) {
        result = trace_let_go(&link->tracee, (uintptr_t)image);
    }
    return result < 0 ? refuse(link, reason_of(result), result) : WARM_STARTED;
}
