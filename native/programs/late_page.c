// SPDX-License-Identifier: Apache-2.0
/* Writes a page to its standard output that comes late: once write(2) waits for it, and so holds
 * the pipe, this says "waiting" on standard error; a byte on standard input brings the page. Says
 * "forbidden" and exits with 77 where the kernel lets nobody handle its page faults. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE 4096

static int faults;
static char *late;

static void say(const char *what) {
    if (write(2, what, strlen(what)) < 0) {
        _exit(1);
    }
}

static void *bring(void *unused) {
    static char page[SIZE] __attribute__((aligned(SIZE)));
    struct pollfd fault = {.fd = faults, .events = POLLIN};
    struct uffdio_copy copy = {.dst = (unsigned long)late, .src = (unsigned long)page, .len = SIZE};
    char byte;
    while (poll(&fault, 1, -1) != 1) {
    }
    say("waiting\n");
    if (read(0, &byte, 1) < 0 || ioctl(faults, UFFDIO_COPY, &copy) != 0) {
        _exit(1);
    }
    return unused;
}

int main(void) {
    struct uffdio_api api = {.api = UFFD_API};
    faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    if (faults < 0 && (errno == EPERM || errno == ENOSYS)) {
        say("forbidden\n");
        return 77;
    }
    late = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register missing = {.range = {(unsigned long)late, SIZE},
                                      .mode = UFFDIO_REGISTER_MODE_MISSING};
    pthread_t thread;
    if (faults < 0 || ioctl(faults, UFFDIO_API, &api) != 0 ||
        ioctl(faults, UFFDIO_REGISTER, &missing) != 0 ||
        pthread_create(&thread, NULL, bring, NULL) != 0) {
        return 1;
    }
    return write(1, late, SIZE) == SIZE ? 0 : 1;
}
