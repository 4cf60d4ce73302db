/* Warm templates: what is started through a helper is what a cold start would have started. */
#include "warm/warm.h"

#include "block.h"
#include "builder.h"
#include "check.h"
#include "slot.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define CAPACITY ((size_t)16384)
#define DEADLINE_MS 20000

static const char *const TRUE[] = {"/bin/true", NULL};

static struct builder begin(void) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = REQUEST_STRATEGY_CLONE3;
    return b;
}

static void discard(struct builder *b) { block_free(b->memory, b->capacity); }

static struct warm_helper *make(const char *const argv[]) {
    struct builder b = begin();
    struct warm_helper *helper;
    int error;
    builder_end(&b, argv);
    enum warm_reason reason = warm_make(b.memory, b.capacity, DEADLINE_MS, &helper, &error);
    if (reason != WARM_STARTED) {
        fprintf(stderr, "%s: no helper: reason %d, errno %d\n", argv[0], reason, error);
        exit(1);
    }
    discard(&b);
    return helper;
}

static int exit_code(const struct builder *b) {
    int status;
    CHECK(builder_header(b)->pid > 0);
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &status, 0), builder_header(b)->pid);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(close(builder_header(b)->pidfd), 0);
    return WEXITSTATUS(status);
}

static void starts_the_program(void) {
    struct warm_helper *helper = make(TRUE);
    for (int i = 0; i < 20; i++) {
        struct builder b = begin();
        int result = -1;
        builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
        builder_end(&b, TRUE);
        CHECK_EQUAL(warm_start(helper, b.memory, b.capacity, DEADLINE_MS, &result), WARM_STARTED);
        CHECK_EQUAL(result, 0);
        CHECK_EQUAL(exit_code(&b), 0);
        discard(&b);
    }
    warm_free(helper);
    check_no_child();
}

int main(void) {
    RUN(starts_the_program);
    return 0;
}
