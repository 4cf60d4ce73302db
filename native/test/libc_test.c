// SPDX-License-Identifier: Apache-2.0
/* Under a C library that has none of the functions which are looked up. */
#include "libc.h"

#include "block.h"
#include "builder.h"
#include "check.h"
#include "spawn.h"

#include <errno.h>

#define CAPACITY ((size_t)16384)

static const char *const EXIT_7[] = {"/bin/sh", "-c", "exit 7", NULL};

/* In place of the library's. */
void *libc_find(struct libc_function *function) {
    (void)function;
    return NULL;
}

static struct builder begin(void) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = REQUEST_STRATEGY_POSIX_SPAWN;
    return b;
}

/* It would call the address 0. */
static void spawn_refuses_what_posix_spawn_of_this_libc_cannot_do(void) {
    const uint32_t types[] = {REQUEST_CHDIR, REQUEST_FCHDIR, REQUEST_CLOSE_RANGE};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct builder b = begin();
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        builder_add_action(&b, types[i], 10, -1)->text = builder_text(&b, "/");
        builder_end(&b, EXIT_7);
        CHECK_EQUAL(spawn(b.memory, b.capacity), -ENOTSUP);
        CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_REQUEST);
        CHECK_EQUAL(builder_header(&b)->index, 1);
        check_no_child();
        block_free(b.memory, b.capacity);
    }
}

/* POSIX has had the rest for long. */
static void spawn_starts_program(void) {
    struct builder b = begin();
    builder_add_action(&b, REQUEST_DUP2, 1, 5);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 10, 20);
    builder_end(&b, EXIT_7);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    int status;
    CHECK_EQUAL(waitpid(builder_header(&b)->pid, &status, 0), builder_header(&b)->pid);
    CHECK_EQUAL(WEXITSTATUS(status), 7);
    block_free(b.memory, b.capacity);
}

int main(void) {
    RUN(spawn_refuses_what_posix_spawn_of_this_libc_cannot_do);
    RUN(spawn_starts_program);
    return 0;
}
