// SPDX-License-Identifier: Apache-2.0
#include "warm/check.h"

#include "program.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* Deeper scripts the kernel does not execute either. */
#define MOST_SCRIPTS 4

/* Every file of glibc's that other parts of it link to defines this version. */
#define GLIBC_MARK "GLIBC_PRIVATE"

static long read_at(int fd, void *buffer, size_t size, uint64_t offset) {
    return sys_call(SYS_pread64, fd, (long)buffer, (long)size, (long)offset, 0, 0);
}

bool check_is_read_by_linker(const char *variable) {
    return strncmp(variable, "LD_", 3) == 0 || strncmp(variable, "MALLOC_", 7) == 0 ||
           strncmp(variable, "GLIBC_TUNABLES=", 15) == 0;
}

bool check_has_linker_act(const char *variable) {
    return strncmp(variable, "LD_AUDIT=", 9) == 0 || strncmp(variable, "LD_PROFILE=", 11) == 0 ||
           strncmp(variable, "LD_DEBUG_OUTPUT=", 16) == 0;
}

static enum warm_reason check_rights(int fd) {
    struct stat stat;
    if (sys_fstatat(fd, "", AT_EMPTY_PATH, &stat) < 0 || !S_ISREG(stat.st_mode)) {
        return WARM_NO_FILE;
    }
    if (stat.st_mode & (S_ISUID | S_ISGID)) {
        return WARM_SETUID;
    }
    long size = sys_call(SYS_fgetxattr, fd, (long)"security.capability", 0, 0, 0, 0);
    return size == -ENODATA || size == -EOPNOTSUPP ? WARM_STARTED : WARM_SETUID;
}

/* Whether the file holds `mark`. It is read, not mapped: a mapped file that is cut short ends who
 * looks at it. */
static bool contains(int fd, const char *mark) {
    const size_t length = strlen(mark);
    const size_t capacity = 65536;
    char *buffer = malloc(capacity);
    bool found = false;
    long size;
    for (uint64_t at = 0; buffer && !found && (size = read_at(fd, buffer, capacity, at)) > 0;
         at += capacity - length) {
        found = memmem(buffer, (size_t)size, mark, length);
    }
    free(buffer);
    return found;
}

static enum warm_reason check_linker(struct linker *linker) {
    /* The kernel would look for a relative one from where the child is. */
    int fd = linker->path[0] == '/' ? sys_open(linker->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
                                    : -ENOENT;
    if (fd < 0) {
        return WARM_UNKNOWN_LINKER;
    }
    enum warm_reason reason = check_rights(fd);
    if (reason == WARM_STARTED &&
        (!contains(fd, GLIBC_MARK) || identity_read(fd, "", &linker->identity) < 0)) {
        reason = WARM_UNKNOWN_LINKER;
    }
    sys_close(fd);
    return reason;
}

static enum warm_reason check_elf(int fd, struct linker *linker) {
    ElfW(Ehdr) header;
    if (read_at(fd, &header, sizeof header, 0) != (long)sizeof header ||
        !program_is_for_this_machine(&header) || header.e_phentsize != sizeof(ElfW(Phdr))) {
        return WARM_NOT_ELF;
    }
    for (size_t i = 0; i < header.e_phnum; i++) {
        ElfW(Phdr) segment;
        char *path = linker->path;
        if (read_at(fd, &segment, sizeof segment, header.e_phoff + i * sizeof segment) !=
            (long)sizeof segment) {
            return WARM_NOT_ELF;
        }
        if (segment.p_type != PT_INTERP) {
            continue;
        }
        if (segment.p_filesz < 2 || segment.p_filesz > sizeof linker->path ||
            read_at(fd, path, segment.p_filesz, segment.p_offset) != (long)segment.p_filesz ||
            path[segment.p_filesz - 1]) {
            return WARM_NOT_ELF;
        }
        return check_linker(linker);
    }
    return WARM_STATIC;
}

/* The interpreter in the first line of a script, which `line` then ends with. Null if it names
 * none. */
static char *interpreter_of(char *line) {
    line[strcspn(line, "\n")] = 0;
    char *path = line + 2 + strspn(line + 2, " \t");
    path[strcspn(path, " \t")] = 0;
    return *path ? path : NULL;
}

static enum warm_reason check_file(const char *path, int scripts, struct linker *linker) {
    char line[256] = "";
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0) {
        return WARM_NO_FILE;
    }
    enum warm_reason reason = check_rights(fd);
    if (reason == WARM_STARTED) {
        long size = read_at(fd, line, sizeof line - 1, 0);
        bool is_script = size > 2 && line[0] == '#' && line[1] == '!';
        reason = is_script ? WARM_NOT_ELF : check_elf(fd, linker);
        char *interpreter = is_script ? interpreter_of(line) : NULL;
        if (interpreter && scripts > 0) {
            const char *slash = strrchr(interpreter, '/');
            reason = strcmp(slash ? slash + 1 : interpreter, "env") == 0
                         ? WARM_ENV
                         : check_file(interpreter, scripts - 1, linker);
        }
    }
    sys_close(fd);
    return reason;
}

enum warm_reason check_program(const char *path, struct linker *linker) {
    return check_file(path, MOST_SCRIPTS, linker);
}
