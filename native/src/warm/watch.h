// SPDX-License-Identifier: Apache-2.0
/* Whether the files that a program was linked from are still the same: the program, its libraries,
 * and what tells the linker which they are. */
#ifndef SPAWN4J_WARM_WATCH_H
#define SPAWN4J_WARM_WATCH_H

#include "identity.h"

#include <pthread.h>
#include <stdbool.h>

#define WATCH_MOST_FILES 128

struct watch {
    int inotify; /* -1 where there is none, or not enough of it: then each file is looked at */
    int etc;     /* the watch of the directory that holds the linker's own files */
    bool stale;  /* stays, once it is so */
    pthread_mutex_t lock; /* of what is stale, and of the events, which are read once */
    int count;
    struct watched {
        char *path;
        struct identity identity;
    } * files;
};

#define WATCH_NOTHING ((struct watch){.inotify = -1, .etc = -1, .lock = PTHREAD_MUTEX_INITIALIZER})

/* Begins to watch the files that the process `pid` has mapped, and the directories of
 * LD_LIBRARY_PATH, if that is among its `variables`, for other files of their names. Returns 0,
 * -ESTALE if one of them has changed after `since_ns` of CLOCK_REALTIME, when the process had not
 * yet been started, or another -errno; in any case it is to be closed. */
int watch_open(int pid, int64_t since_ns, const char *variables, size_t variables_size,
               struct watch *watch);

void watch_close(struct watch *watch);

/* Whether one of the files is another now. Thread-safe. */
bool watch_is_stale(struct watch *watch);

#endif
