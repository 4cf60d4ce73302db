// SPDX-License-Identifier: Apache-2.0
/* The floor's work done by the C half of the library, without Java: what it takes beyond its
 * system calls. */
#ifndef SPAWN4J_FLOOR_LIBRARY_H
#define SPAWN4J_FLOOR_LIBRARY_H

#include "../test/builder.h"
#include "block.h"
#include "floor_work.h"
#include "identity.h"
#include "slot.h"
#include "spawn.h"

#define LIBRARY_BLOCK ((size_t)64 * 1024)

static struct builder template;
static void *block;

/* A script has to be executed by its path. */
static bool is_script(const char *program) {
    char start[2] = {0};
    int fd = open(program, O_RDONLY | O_CLOEXEC);
    long size = read(fd, start, sizeof start);
    close(fd);
    return size == sizeof start && start[0] == '#' && start[1] == '!';
}

/* Writes the request of a template without pipes, as Java writes it. Returns 0 or -errno. */
static int library_open(const struct work *work) {
    struct identity identity;
    int result = identity_read(work->program, "", &identity);
    block = block_allocate(LIBRARY_BLOCK);
    void *memory = block_allocate(LIBRARY_BLOCK);
    if (result < 0 || !block || !memory) {
        return result < 0 ? result : -ENOMEM;
    }
    slots_reserve(true);
    builder_begin(&template, memory, LIBRARY_BLOCK);
    struct request_header *header = builder_header(&template);
    header->strategy = REQUEST_STRATEGY_CLONE3;
    if (!is_script(work->argv[0])) {
        header->exec_source =
            builder_add_source(&template, REQUEST_SOURCE_DESCRIPTOR, work->program);
    }
    int null = builder_add_source(&template, REQUEST_SOURCE_NULL, -1);
    for (int fd = 0; fd <= 2; fd++) {
        builder_map(&template, null, fd);
    }
    builder_add_action(&template, REQUEST_CLOSE_RANGE, 3, -1);
    builder_identity(&template, &identity);
    builder_end_with(&template, (const char *const *)work->argv, (const char *const *)environ);
    return 0;
}

/* Returns the pid or -errno. */
static long library_start(int *pidfd) {
    struct request_header *header = block;
    memcpy(block, template.memory, template.end);
    int result = spawn(block, LIBRARY_BLOCK);
    *pidfd = header->pidfd;
    return result < 0 ? result : header->pid;
}

#endif
