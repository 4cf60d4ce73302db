// SPDX-License-Identifier: Apache-2.0
/* Prints the numbers of its open descriptors, in order and separated by blanks, then what it reads
 * from descriptor 3, if that is open. Looks at each number, so that it opens none itself.
 * Usage: descriptors [FILE]   (FILE: where to print to, instead of standard output) */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1;
    }
    int last = limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    char numbers[4096] = "";
    size_t length = 0;
    for (int fd = 0; fd < last && length < sizeof numbers - 16; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            length += (size_t)snprintf(numbers + length, 16, length ? " %d" : "%d", fd);
        }
    }
    FILE *output = argc > 1 ? fopen(argv[1], "we") : stdout;
    if (!output) {
        return 2;
    }
    fprintf(output, "%s\n", numbers);
    char text[256];
    long size;
    while (argc == 1 && (size = read(3, text, sizeof text)) > 0) {
        fwrite(text, 1, (size_t)size, output);
    }
    return fflush(output) == 0 ? 0 : 3;
}
