// SPDX-License-Identifier: Apache-2.0
/* A process whose first thread has ended while another one runs on: to /proc/PID/stat a zombie, and
 * yet alive. It ignores SIGTERM and SIGHUP, and says its pid. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void *outlive(void *first) {
    pthread_join(*(pthread_t *)first, NULL);
    printf("%d\n", (int)getpid());
    fflush(stdout);
    for (;;) {
        pause();
    }
    return NULL;
}

int main(void) {
    static pthread_t first;
    first = pthread_self();
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    pthread_t other;
    if (pthread_create(&other, NULL, outlive, &first) != 0) {
        return 1;
    }
    pthread_exit(NULL);
}
