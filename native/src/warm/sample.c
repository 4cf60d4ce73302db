// SPDX-License-Identifier: Apache-2.0
/* A program that tells how it was linked and started; trial.c compares what it tells after a cold
 * start and after warm ones. The first line must differ in each, and all others be the same: so no
 * address is told, but what lies there.
 *
 * It has an entry of its own, and calls nothing that the oldest glibc of its processor lacks: any
 * glibc's linker can link it. */
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_GET_TID_ADDRESS
#define PR_GET_TID_ADDRESS 40
#endif

extern char **environ;
extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

void _start(void);
void sample_guards(uint64_t guards[2]);
_Noreturn void begin(uintptr_t *stack, void (*finish)(void));

static __thread int initialised = 7;
static __thread int zero;
static __thread char aligned[64] __attribute__((aligned(64)));

static int variable = 3;
static int *volatile pointer = &variable; /* the linker has to relocate it */

static int answer(void) { return 42; }

static int (*choose(void))(void) { return answer; }

/* Which function it is, the linker asks choose(). */
static int chosen(void) __attribute__((ifunc("choose")));

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void tell_random(void) {
    const uint64_t *random = (const uint64_t *)getauxval(AT_RANDOM);
    uint64_t guards[2];
    printf("random %016lx %016lx\n", (unsigned long)random[0], (unsigned long)random[1]);
    sample_guards(guards);
    printf("guards %d %d\n", guards[0] == (random[0] & ~(uint64_t)0xff), guards[1] == random[1]);
}

/* Returns where the strings end, which follow each other. */
static char *tell_strings(const char *kind, char **strings, char *next) {
    for (; *strings; strings++) {
        printf("%s \"%s\" %s\n", kind, *strings, *strings == next || !next ? "" : "apart");
        next = *strings + strlen(*strings) + 1;
    }
    return next;
}

static int is_elf(uintptr_t address) { return memcmp((void *)address, ELFMAG, SELFMAG) == 0; }

static void tell_auxiliary(const ElfW(auxv_t) * entry) {
    for (; entry->a_type != AT_NULL; entry++) {
        const uintptr_t value = entry->a_un.a_val;
        printf("auxiliary %lu ", (unsigned long)entry->a_type);
        switch (entry->a_type) {
        case AT_PLATFORM:
        case AT_BASE_PLATFORM:
            printf("\"%s\"\n", (const char *)value);
            break;
        case AT_BASE:
        case AT_SYSINFO_EHDR:
            printf("%d\n", is_elf(value));
            break;
        case AT_PHDR:
            printf("%d\n", is_elf(value & ~(uintptr_t)0xfff));
            break;
        case AT_ENTRY:
            printf("%d\n", value == (uintptr_t)_start);
            break;
        case AT_EXECFN: /* tells how it was executed */
        case AT_RANDOM:
            puts("");
            break;
        default:
            printf("%lu\n", (unsigned long)value);
        }
    }
}

static int tell_object(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size;
    (void)unused;
    printf("object \"%s\" %d\n", last_part(info->dlpi_name), info->dlpi_phnum);
    return 0;
}

/* What a debugger is told by the linker. */
static void tell_debug(void) {
    const struct r_debug *debug = NULL;
    for (const ElfW(Dyn) *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_DEBUG) {
            debug = (const struct r_debug *)entry->d_un.d_ptr;
        }
    }
    if (!debug) {
        return;
    }
    printf("debug %d %d %d %d\n", debug->r_version, (int)debug->r_state, debug->r_brk != 0,
           debug->r_ldbase == getauxval(AT_BASE));
    for (const struct link_map *map = debug->r_map; map; map = map->l_next) {
        printf("map \"%s\" %d\n", last_part(map->l_name), map->l_ld != NULL);
    }
}

/* The kernel's knowledge of the thread, and libc's. */
static void tell_thread(void) {
    int *tid_address = NULL;
    void **robust_list = NULL;
    size_t size = 0;
    prctl(PR_GET_TID_ADDRESS, (unsigned long)&tid_address, 0, 0, 0);
    syscall(SYS_get_robust_list, 0, &robust_list, &size);
    printf("thread %d %d %lu\n", tid_address && *tid_address == getpid(),
           robust_list && *robust_list == robust_list, (unsigned long)size);
    errno = 0;
    close(-1);
    printf("own %d %d %lu %d\n", initialised++, zero++, (unsigned long)((uintptr_t)aligned % 64),
           errno);
}

static int jumps(void) {
    static jmp_buf place;
    int value = _setjmp(place);
    if (value < 3) {
        _longjmp(place, value + 1);
    }
    return value;
}

static int has_heap(void) {
    char *end = sbrk(4096);
    char *small = malloc(10);
    char *large = malloc(1000000);
    int result = end != (void *)-1 && small && large;
    if (result) {
        memset(end, 1, 4096);
        memset(large, 1, 1000000);
    }
    free(large);
    free(small);
    return result;
}

void begin(uintptr_t *stack, void (*finish)(void)) {
    char **argv = (char **)(stack + 1);
    char **envp = argv + *stack + 1;
    char **end = envp;
    while (*end) {
        end++;
    }
    tell_random();
    printf("stack %d %lu %d\n", (int)((uintptr_t)stack % 16), (unsigned long)*stack,
           finish != NULL);
    tell_strings("variable", envp, tell_strings("argument", argv, NULL));
    printf("known %d %d %s\n", environ == envp, program_invocation_name == argv[0],
           program_invocation_short_name);
    tell_auxiliary((const ElfW(auxv_t) *)(end + 1));
    printf("relocated %d %d\n", chosen(), *pointer);
    tell_thread();
    dl_iterate_phdr(tell_object, NULL);
    tell_debug();
    printf("works %d %d\n", jumps(), has_heap());
    puts("end");
    fflush(stdout);
    _exit(0);
}
