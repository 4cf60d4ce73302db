// SPDX-License-Identifier: Apache-2.0
/* Becomes root for good, where its file is root's and set-user-ID: then who has started it may not
 * signal it. Says "root" and sleeps until it is killed. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
    if (setresgid(0, 0, 0) || setresuid(0, 0, 0)) {
        perror("setresuid");
        return 1;
    }
    puts("root");
    fflush(stdout);
    for (;;) {
        pause();
    }
}
