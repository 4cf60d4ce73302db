// SPDX-License-Identifier: Apache-2.0
/* Tells whether the dynamic linker and libc have set a process up as they should: prints what a
 * program can know of itself, and fails by the number of the first thing that does not work. A
 * start that goes on behind a linker which was stopped must come to the same. */
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static __thread int local = 7;
static int constructed;
static volatile sig_atomic_t raised;

__attribute__((constructor)) static void construct(int argc, char **argv, char **envp) {
    constructed += argc > 0 && argv[argc] == NULL && envp == environ;
}

static void at_exit(void) { puts("at exit"); }

static void handle(int signal) { raised = signal; }

static void *run(void *argument) {
    local++;
    return (char *)argument + local;
}

static int count(struct dl_phdr_info *info, size_t size, void *names) {
    (void)size;
    const char *slash = strrchr(info->dlpi_name, '/');
    strcat(strcat(names, " "), slash ? slash + 1 : info->dlpi_name);
    return 0;
}

static int jumps(void) {
    jmp_buf place;
    volatile int count = 0;
    int value = setjmp(place);
    if (value < 3) {
        count++;
        longjmp(place, value + 1);
    }
    return count == 3;
}

/* Each thread's id is kept by libc, and asked for by raise(3) and by mutexes. */
static int knows_its_thread(void) {
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&mutex, &attributes);
    return raised == SIGUSR1 && pthread_mutex_lock(&mutex) == 0 &&
           pthread_mutex_lock(&mutex) == EDEADLK && pthread_mutex_unlock(&mutex) == 0;
}

static int can_have_threads(void) {
    char place[16];
    pthread_t thread;
    void *result;
    return pthread_create(&thread, NULL, run, place) == 0 && pthread_join(thread, &result) == 0 &&
           result == place + 8 && local == 7;
}

static int knows_its_stack(void) {
    pthread_attr_t attributes;
    void *start;
    size_t size;
    return pthread_getattr_np(pthread_self(), &attributes) == 0 &&
           pthread_attr_getstack(&attributes, &start, &size) == 0 &&
           (char *)&size > (char *)start && (char *)&size < (char *)start + size;
}

static int has_its_guards(void) {
    int result = 1;
#if defined(__x86_64__)
    uint64_t random[2];
    uint64_t guards[2];
    memcpy(random, (const void *)getauxval(AT_RANDOM), sizeof random);
    __asm__("mov %%fs:0x28, %0" : "=r"(guards[0]));
    __asm__("mov %%fs:0x30, %0" : "=r"(guards[1]));
    result = guards[0] == (random[0] & ~(uint64_t)0xff) && guards[1] == random[1];
#endif
    return result;
}

static int has_its_robust_list(void) {
    void *head = NULL;
    size_t size = 0;
    int *tid_address = NULL;
    return syscall(SYS_get_robust_list, 0, &head, &size) == 0 && head && size > 0 &&
           (prctl(PR_GET_TID_ADDRESS, &tid_address) != 0 ||
            (tid_address && *tid_address == getpid()));
}

static int has_a_heap(void) {
    char *end = sbrk(4096);
    memset(end, 1, 4096);
    char *big = malloc(1000000);
    char *small = malloc(10);
    memset(big, 1, 1000000);
    free(big);
    free(small);
    return end != (void *)-1 && big && small;
}

int main(int argc, char **argv) {
    static char names[4096];
    int (*const works[])(void) = {knows_its_thread, can_have_threads,    knows_its_stack, jumps,
                                  has_its_guards,   has_its_robust_list, has_a_heap};
    atexit(at_exit);
    printf("%s %s %d %d\n", program_invocation_name, program_invocation_short_name, argc,
           constructed);
    for (char **text = argv; *text; text++) {
        printf("argument %s\n", *text);
    }
    for (char **text = environ; *text; text++) {
        printf("variable %s\n", *text);
    }
    dl_iterate_phdr(count, names);
    printf("%s %s %s\n", (const char *)getauxval(AT_EXECFN), (const char *)getauxval(AT_PLATFORM),
           names);
    printf("%lu %lu %s\n", getauxval(AT_SECURE), getauxval(AT_PAGESZ), getenv("PATH"));
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        if (!works[i]()) {
            return (int)i + 1;
        }
    }
    return constructed == 1 ? 0 : 99;
}
