// SPDX-License-Identifier: Apache-2.0
/* Stopping a program behind its dynamic linker.
 *
 * The linker's entry calls _dl_start() at once, and what that returns is the program's entry. There
 * are no symbols for it. So we step to the first call, note where it will return to, and have it
 * return to where nothing lies: the process stops there by SIGSEGV, and no byte of the linker was
 * changed, which each child would have to copy. */
#include "warm/trace.h"

#include "warm/clock.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

/* Below what may be mapped (vm.mmap_min_addr). */
#define NOWHERE ((uintptr_t)0x534)

/* The linker's entry has two instructions before the call. */
#define MOST_STEPS 64

/* How often a wait asks again before it naps. */
#define EAGER_LOOKS 100

static long call(long request, const struct tracee *tracee, uintptr_t address, uintptr_t data) {
    return sys_call(SYS_ptrace, request, tracee->pid, (long)address, (long)data, 0, 0);
}

static void nap(int look) {
    const struct timespec moment = {.tv_nsec = 50000};
    if (look < EAGER_LOOKS) {
        sys_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
    } else {
        sys_call(SYS_nanosleep, (long)&moment, 0, 0, 0, 0, 0);
    }
}

/* Waits until the process stops. Returns the signal it has stopped by, -ESRCH if it has ended, or
 * -ETIMEDOUT.
 *
 * A stop can be waited for by whichever thread of ours waits for any child, and then we would not
 * hear of it. So we ask what can be asked of a stopped process only. */
static int await_stop(const struct tracee *tracee) {
    for (int look = 0;; look++) {
        siginfo_t info;
        long result = call(PTRACE_GETSIGINFO, tracee, 0, (uintptr_t)&info);
        if (result == 0) {
            return info.si_signo;
        }
        struct pollfd exit = {.fd = tracee->pidfd, .events = POLLIN};
        if (result != -ESRCH || sys_poll(&exit, 1, 0) != 0) {
            return (int)result;
        }
        if (clock_now_ns() > tracee->deadline_ns) {
            return -ETIMEDOUT;
        }
        nap(look);
    }
}

static int read_registers(struct tracee *tracee) {
    struct iovec part = {&tracee->registers, sizeof tracee->registers};
    return (int)call(PTRACE_GETREGSET, tracee, NT_PRSTATUS, (uintptr_t)&part);
}

static int write_registers(struct tracee *tracee) {
    struct iovec part = {&tracee->registers, sizeof tracee->registers};
    return (int)call(PTRACE_SETREGSET, tracee, NT_PRSTATUS, (uintptr_t)&part);
}

static int read_word(const struct tracee *tracee, uintptr_t address, uintptr_t *word) {
    return (int)call(PTRACE_PEEKDATA, tracee, address, (uintptr_t)word);
}

/* Goes on, by one step or freely, until the next stop, which must be by `signal`. Returns 0,
 * -ENOEXEC for another stop or an end, or another -errno. */
static int advance(struct tracee *tracee, long how, int signal) {
    int result = (int)call(how, tracee, 0, 0);
    if (result < 0) {
        return result;
    }
    result = await_stop(tracee);
    if (result < 0) {
        return result == -ESRCH ? -ENOEXEC : result;
    }
    return result == signal ? read_registers(tracee) : -ENOEXEC;
}

int trace_read_start(struct tracee *tracee, struct trace_start *start) {
    memset(start, 0, sizeof *start);
    int result = read_registers(tracee);
    uintptr_t at = arch_stack(&tracee->registers);
    uintptr_t word = 0;
    if (result == 0) {
        result = read_word(tracee, at, &start->argc);
    }
    if (result < 0) {
        return result;
    }
    at += (1 + start->argc + 1) * sizeof word;
    do {
        result = read_word(tracee, at, &word); /* the environment */
        at += sizeof word;
    } while (result == 0 && word);
    while (result == 0) {
        uintptr_t value = 0;
        result = read_word(tracee, at, &word);
        if (result < 0 || word == AT_NULL) {
            break;
        }
        result = read_word(tracee, at + sizeof word, &value);
        at += 2 * sizeof word;
        if (word == AT_BASE) {
            start->loader = value;
        } else if (word == AT_SYSINFO_EHDR) {
            start->vdso = value;
        } else if (word == AT_SECURE) {
            start->is_secure = value != 0;
        }
    }
    return result;
}

/* Steps to the linker's first call and stores where it returns to. */
static int step_into_call(struct tracee *tracee, uintptr_t *next) {
    for (int step = 0; step < MOST_STEPS; step++) {
        const arch_registers before = tracee->registers;
        int result = advance(tracee, PTRACE_SINGLESTEP, SIGTRAP);
        if (result < 0) {
            return result;
        }
        if (!arch_may_be_call(&before, &tracee->registers)) {
            continue;
        }
        *next = arch_ip(&before) + ARCH_CALL_SIZE;
        uintptr_t link = *next;
        if (ARCH_RETURNS_BY_STACK) {
            result = read_word(tracee, arch_stack(&tracee->registers), &link);
        }
        if (result < 0 || link == *next) {
            return result;
        }
    }
    return -ENOEXEC;
}

static int return_nowhere(struct tracee *tracee) {
    if (ARCH_RETURNS_BY_STACK) {
        return (int)call(PTRACE_POKEDATA, tracee, arch_stack(&tracee->registers), NOWHERE);
    }
    *arch_link(&tracee->registers) = NOWHERE;
    return write_registers(tracee);
}

int trace_run_to_stop(struct tracee *tracee, struct warm_stop *stop) {
    stop->stack = arch_stack(&tracee->registers);
    int result = step_into_call(tracee, &stop->next);
    if (result == 0) {
        result = return_nowhere(tracee);
    }
    if (result == 0) {
        result = advance(tracee, PTRACE_CONT, SIGSEGV);
    }
    if (result < 0) {
        return result;
    }
    stop->entry = arch_result(&tracee->registers);
    return arch_ip(&tracee->registers) == NOWHERE && arch_stack(&tracee->registers) == stop->stack
               ? 0
               : -ENOEXEC;
}

int trace_read(const struct tracee *tracee, uintptr_t address, int *values, size_t size) {
    for (size_t at = 0; at < size; at += sizeof(int)) {
        uintptr_t word;
        int result = read_word(tracee, address + at, &word);
        if (result < 0) {
            return result;
        }
        memcpy(values + at / sizeof(int), &word, sizeof(int));
    }
    return 0;
}

int trace_write(const struct tracee *tracee, uintptr_t address, int value) {
    uintptr_t word;
    int result = read_word(tracee, address, &word);
    memcpy(&word, &value, sizeof value);
    return result < 0 ? result : (int)call(PTRACE_POKEDATA, tracee, address, word);
}

/* Where in the vdso a system call instruction stands: the kernel maps the same one into each
 * process. 0 where there is none. */
static size_t find_system_call(void) {
    const ElfW(Ehdr) *vdso = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    if (!vdso) {
        return 0;
    }
    const ElfW(Phdr) *loaded = (const ElfW(Phdr) *)((const char *)vdso + vdso->e_phoff);
    const char *found = memmem(vdso, loaded->p_filesz, ARCH_SYSTEM_CALL, ARCH_SYSTEM_CALL_SIZE);
    return found ? (size_t)(found - (const char *)vdso) : 0;
}

int trace_call(struct tracee *tracee, uintptr_t vdso, long nr, const long arguments[6],
               long *result) {
    size_t offset = find_system_call();
    if (!offset || !vdso) {
        return -ENOSYS;
    }
    arch_prepare_call(&tracee->registers, vdso + offset, nr, arguments);
    int error = write_registers(tracee);
    if (error == 0) {
        error = advance(tracee, PTRACE_SINGLESTEP, SIGTRAP);
    }
    *result = (long)arch_result(&tracee->registers);
    return error;
}

int trace_let_go(struct tracee *tracee, uintptr_t ip) {
    arch_prepare_jump(&tracee->registers, ip, arch_stack(&tracee->registers));
    int result = write_registers(tracee);
    return result < 0 ? result : (int)call(PTRACE_DETACH, tracee, 0, 0);
}
