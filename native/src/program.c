#include "program.h"

#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* With the effective ids, as execve(2) checks; access(2), for kernels and filters without
 * faccessat2(2), takes the real ones. */
static int may_execute(const char *path) {
    int result = sys_faccessat2(AT_FDCWD, path, X_OK, AT_EACCESS);
    if (result == -ENOSYS || result == -EPERM) {
        result = (int)sys_call(SYS_faccessat, AT_FDCWD, (long)path, X_OK, 0, 0, 0);
    }
    return result;
}

static int check(const char *path, unsigned type, int otherwise) {
    struct statx stat;
    int result = sys_statx(AT_FDCWD, path, 0, STATX_TYPE, &stat);
    if (result < 0) {
        return result;
    }
    return (stat.stx_mode & S_IFMT) == type ? may_execute(path) : otherwise;
}

int program_check(const char *path) { return check(path, S_IFREG, -EACCES); }

int program_check_directory(const char *path) { return check(path, S_IFDIR, -ENOTDIR); }

int program_is_elf(const char *path) {
    char magic[SELFMAG];
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        return fd == -EACCES ? 1 : fd;
    }
    long size = sys_read(fd, magic, sizeof magic);
    sys_close(fd);
    return size == SELFMAG && memcmp(magic, ELFMAG, SELFMAG) == 0;
}
