// SPDX-License-Identifier: Apache-2.0
/* The identity key of an executable: while it is equal, the file is the one that was looked at. */
#ifndef SPAWN4J_IDENTITY_H
#define SPAWN4J_IDENTITY_H

#include "constants.h"
#include "sys.h"

#include <assert.h>
#include <stdbool.h>

struct identity {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t mtime;
    int64_t ctime;
    uint32_t mtime_ns;
    uint32_t ctime_ns;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t reserved;
};
static_assert(sizeof(struct identity) == REQUEST_IDENTITY_SIZE, "identity");

/* Reads the key of `path`, following links, or with an empty path of the descriptor `directory`.
 * Returns 0 or -errno. */
int identity_read(int directory, const char *path, struct identity *identity);

bool identity_equal(const struct identity *a, const struct identity *b);

#endif
