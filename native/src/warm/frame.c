// SPDX-License-Identifier: Apache-2.0
#include "warm/frame.h"

#include <link.h>

/* As the kernel moves the stack (arch_align_stack()) and the heap (arch_randomize_brk()). */
#define STACK_SPAN 8192U
#define HEAP_SPAN 0x2000000U
#define PAGE 4096U

/* The parts of an initial stack. */
struct frame {
    uintptr_t *argc;
    char **argv;
    ElfW(auxv_t) * auxv;
    uint32_t auxv_count; /* with the last one, AT_NULL */
};

/* The strings that a program is given. */
struct strings {
    char **prefix;
    uint32_t prefix_count;
    const char *args; /* one behind the other */
    uint32_t args_count;
    const char *env;
    uint32_t env_count;
};

static const char *skip(const char *text, uint32_t count) {
    for (; count > 0; count--) {
        while (*text++) {
        }
    }
    return text;
}

static size_t length(const char *text, uint32_t count) {
    return (size_t)(skip(text, count) - text);
}

/* Copies `count` strings to `*to`, which moves behind them, and points `pointers` there. */
static char **copy(char **to, const char *text, uint32_t count, char **pointers) {
    char *end = *to;
    for (; count > 0; count--) {
        *pointers++ = end;
        while ((*end++ = *text++)) {
        }
    }
    *to = end;
    return pointers;
}

static struct frame frame_at(uintptr_t stack) {
    struct frame frame = {.argc = (uintptr_t *)stack};
    frame.argv = (char **)(frame.argc + 1);
    char **envp = frame.argv + *frame.argc + 1;
    while (*envp++) {
    }
    frame.auxv = (ElfW(auxv_t) *)envp;
    while (frame.auxv[frame.auxv_count++].a_type != AT_NULL) {
    }
    return frame;
}

static struct strings strings_of(const struct frame *old, const struct request *request,
                                 uint32_t prefix) {
    const struct request_header *header = request->header;
    struct strings strings = {
        .prefix = old->argv,
        .prefix_count = prefix,
        .args = request_text(request, header->argv_offset),
        .args_count = header->argv_count,
        .env = request_text(request, header->envp_offset),
        .env_count = header->envp_count,
    };
    if (prefix > 0) {
        strings.args = skip(strings.args, 1);
        strings.args_count--;
    }
    return strings;
}

static size_t total(const struct strings *strings) {
    size_t size =
        length(strings->args, strings->args_count) + length(strings->env, strings->env_count);
    for (uint32_t i = 0; i < strings->prefix_count; i++) {
        size += length(strings->prefix[i], 1);
    }
    return size;
}

static void refresh(const struct frame *old, char *name, const uint64_t random[2]) {
    old->argv[0] = name;
    for (uint32_t i = 0; i < old->auxv_count; i++) {
        if (old->auxv[i].a_type == AT_RANDOM) {
            uint64_t *bytes = (uint64_t *)old->auxv[i].a_un.a_val;
            bytes[0] = random[0];
            bytes[1] = random[1];
        }
    }
}

/* A loop, as an assignment of this size becomes a call of memcpy(3). */
static void copy_map(struct prctl_mm_map *to, const struct prctl_mm_map *from) {
    for (size_t i = 0; i < sizeof *to; i++) {
        ((char *)to)[i] = ((const char *)from)[i];
    }
}

uintptr_t frame_build(const struct warm_shared *shared, const struct request *request,
                      const struct frame_random *random, struct prctl_mm_map *map) {
    const struct frame old = frame_at(shared->stop.stack);
    const struct strings strings = strings_of(&old, request, shared->prefix);
    const uintptr_t argc = strings.prefix_count + strings.args_count;
    const size_t words = 1 + argc + 1 + strings.env_count + 1;
    const size_t auxv_size = old.auxv_count * sizeof *old.auxv;
    copy_map(map, &shared->map);

    uintptr_t top = shared->stop.stack - (shared->is_random ? random->stack % STACK_SPAN : 0);
    char *text = (char *)((top - total(&strings)) & ~(uintptr_t)15);
    uintptr_t stack = ((uintptr_t)text - auxv_size - words * sizeof(char *)) & ~(uintptr_t)15;

    *(uintptr_t *)stack = argc;
    char **argv = (char **)stack + 1;
    char **pointers = argv;
    map->arg_start = (uintptr_t)text;
    for (uint32_t i = 0; i < strings.prefix_count; i++) {
        pointers = copy(&text, strings.prefix[i], 1, pointers);
    }
    pointers = copy(&text, strings.args, strings.args_count, pointers);
    *pointers++ = NULL;
    map->arg_end = map->env_start = (uintptr_t)text;
    pointers = copy(&text, strings.env, strings.env_count, pointers);
    *pointers++ = NULL;
    map->env_end = (uintptr_t)text;
    for (uint32_t i = 0; i < old.auxv_count; i++) {
        ((ElfW(auxv_t) *)pointers)[i] = old.auxv[i];
    }
    refresh(&old, argv[0], random->at_random);

    map->start_stack = stack;
    if (shared->is_random && map->brk == map->start_brk) {
        map->start_brk += random->heap % HEAP_SPAN / PAGE * PAGE;
        map->brk = map->start_brk;
    }
    return stack;
}
