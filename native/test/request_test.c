// SPDX-License-Identifier: Apache-2.0
/* request_open() believes nothing that the block says. */
#include "request.h"

#include "builder.h"
#include "check.h"

#include <errno.h>
#include <sys/mman.h>

/* The block fills a page between two that cannot be touched. */
#define PAGE ((size_t)4096)

static char *page;

static const char *const ARGV[] = {"/bin/echo", "one", "two", NULL};

static struct builder valid(void) {
    struct builder b;
    builder_begin(&b, page, PAGE);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, 0), 5);
    builder_add_attribute(&b, REQUEST_PROCESS_GROUP, 0);
    struct action *open = builder_add_action(&b, REQUEST_OPEN, -100, 1);
    open->text = builder_text(&b, "/dev/null");
    struct action *chdir = builder_add_action(&b, REQUEST_CHDIR, 0, 0);
    chdir->text = builder_text(&b, "/");
    builder_end(&b, ARGV);
    return b;
}

static int open_block(void) {
    struct request request;
    return request_open(&request, page, PAGE);
}

/* Sets one field of a valid request, and expects it to be refused. */
#define REFUSES(b, field, value)                                                                   \
    do {                                                                                           \
        struct builder b = valid();                                                                \
        (field) = (value);                                                                         \
        CHECK_EQUAL(open_block(), -EINVAL);                                                        \
    } while (0)

/* A valid block is taken over, and argv and envp point into it and end by NULL. */
static void request_open_accepts_valid_block(void) {
    valid();
    struct request request;
    CHECK_EQUAL(request_open(&request, page, PAGE), 0);
    CHECK(strcmp(request.program, "/bin/echo") == 0);
    for (int i = 0; ARGV[i]; i++) {
        CHECK(strcmp(request.argv[i], ARGV[i]) == 0);
    }
    CHECK(request.argv[3] == NULL);
    CHECK(strcmp(request.envp[0], "A=b") == 0);
    CHECK(request.envp[1] == NULL);
    CHECK(request.identity == NULL);
    CHECK_EQUAL(request.sources[0].placed, -1);
    CHECK_EQUAL(request.sources[0].peer, -1);
}

/* What a former spawn has left in the outcome is forgotten. */
static void request_open_resets_outcome(void) {
    struct builder b = valid();
    struct request_header *header = builder_header(&b);
    header->pid = 77;
    header->pidfd = 77;
    header->step = REQUEST_STEP_EXEC;
    header->index = 77;
    header->error = 77;
    CHECK_EQUAL(open_block(), 0);
    CHECK_EQUAL(header->pid, -1);
    CHECK_EQUAL(header->pidfd, -1);
    CHECK_EQUAL(header->step, REQUEST_STEP_NONE);
    CHECK_EQUAL(header->index, REQUEST_NO_INDEX);
    CHECK_EQUAL(header->error, 0);
}

/* Memory that cannot hold a header is not read beyond its end. */
static void request_open_refuses_memory_smaller_than_header(void) {
    valid();
    struct request request;
    for (size_t size = 0; size < REQUEST_HEADER_SIZE; size += 8) {
        CHECK_EQUAL(request_open(&request, page + PAGE - size, size), -EINVAL);
    }
}

/* The length must lie between header and capacity. */
static void request_open_refuses_wrong_length(void) {
    REFUSES(b, builder_header(&b)->length, 0);
    REFUSES(b, builder_header(&b)->length, REQUEST_HEADER_SIZE - 1);
    REFUSES(b, builder_header(&b)->length, PAGE + 1);
    REFUSES(b, builder_header(&b)->length, UINT32_MAX);
}

/* A block cut off anywhere has lost something that it needs. */
static void request_open_refuses_truncated_block(void) {
    uint32_t whole = builder_header(&(struct builder){.memory = valid().memory})->length;
    for (uint32_t length = 0; length < whole; length++) {
        struct builder b = valid();
        builder_header(&b)->length = length;
        CHECK_EQUAL(open_block(), -EINVAL);
    }
}

/* Also where the memory itself ends there. */
static void request_open_reads_nothing_behind_its_memory(void) {
    struct builder b = valid();
    uint32_t whole = builder_header(&b)->length;
    static char copy[PAGE];
    memcpy(copy, page, PAGE);
    for (uint32_t length = 0; length <= whole; length += 8) {
        char *memory = page + PAGE - length;
        memcpy(memory, copy, length);
        if (length >= sizeof(struct request_header)) {
            ((struct request_header *)memory)->length = length;
        }
        struct request request;
        CHECK_EQUAL(request_open(&request, memory, length), length == whole ? 0 : -EINVAL);
    }
}

/* Every section must lie in the block, behind the header. */
static void request_open_refuses_offsets_outside(void) {
    const uint32_t outside[] = {0,        8,         REQUEST_HEADER_SIZE - 8, PAGE,
                                PAGE + 8, 1U << 31U, UINT32_MAX - 7};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        REFUSES(b, builder_header(&b)->sources_offset, outside[i]);
        REFUSES(b, builder_header(&b)->attributes_offset, outside[i]);
        REFUSES(b, builder_header(&b)->actions_offset, outside[i]);
        REFUSES(b, builder_header(&b)->program_offset, outside[i]);
        REFUSES(b, builder_header(&b)->argv_offset, outside[i]);
        REFUSES(b, builder_header(&b)->envp_offset, outside[i]);
        REFUSES(b, builder_header(&b)->pointers_offset, outside[i]);
        REFUSES(b, builder_action_at(&b, 1)->text, outside[i]);
        REFUSES(b, builder_action_at(&b, 2)->text, outside[i]);
        if (outside[i]) {
            REFUSES(b, builder_header(&b)->identity_offset, outside[i]);
            REFUSES(b, builder_header(&b)->search_offset, outside[i]);
        }
    }
}

/* The end of a section must lie in the block as well. */
static void request_open_refuses_sections_that_end_outside(void) {
    REFUSES(b, builder_header(&b)->sources_offset, builder_header(&b)->length - 8);
    REFUSES(b, builder_header(&b)->attributes_offset, builder_header(&b)->length - 8);
    REFUSES(b, builder_header(&b)->actions_offset, builder_header(&b)->length - 8);
    REFUSES(b, builder_header(&b)->pointers_offset, builder_header(&b)->pointers_offset + 8);
    REFUSES(b, builder_header(&b)->identity_offset, builder_header(&b)->length - 56);
}

/* Asks for an attribute of this type with `size` bytes of data. */
static int open_with_data(uint32_t type, const void *data, uint32_t offset, int size) {
    struct builder b = valid();
    uint32_t text = builder_header(&b)->pointers_offset - 8; /* over the environment */
    memcpy(page + text, data, 8);
    *builder_attribute(&b, 0) =
        (struct attribute){.type = type, .second = size, .data = offset ? offset : text};
    return open_block();
}

/* Data of an attribute must lie in the block, and be what the child takes them for. */
static void request_open_refuses_wrong_data_of_attributes(void) {
    const uint32_t with_data[] = {REQUEST_CPU_AFFINITY, REQUEST_MEMORY_POLICY, REQUEST_CALLS};
    for (size_t i = 0; i < sizeof with_data / sizeof with_data[0]; i++) {
        CHECK_EQUAL(open_with_data(with_data[i], "A=b\0\0\0\0", 0, 8), 0);
        CHECK_EQUAL(open_with_data(with_data[i], "A=b\0\0\0\0", 0, 7), -EINVAL);
        CHECK_EQUAL(open_with_data(with_data[i], "A=b\0\0\0\0", 0, 16), -EINVAL);
        CHECK_EQUAL(open_with_data(with_data[i], "A=b\0\0\0\0", 0, -8), -EINVAL);
        CHECK_EQUAL(open_with_data(with_data[i], "A=b\0\0\0\0", 8, 8), -EINVAL);
        CHECK_EQUAL(open_with_data(with_data[i], "A=b\0\0\0\0", PAGE, 8), -EINVAL);
        REFUSES(b, builder_attribute(&b, 0)->type, with_data[i]); /* without data */
    }
    CHECK_EQUAL(open_with_data(REQUEST_PATHS, "r/\0w/a\0", 0, 7), 0);
    CHECK_EQUAL(open_with_data(REQUEST_PATHS, "r/\0w/a\0", 0, 3), 0);
    CHECK_EQUAL(open_with_data(REQUEST_PATHS, "r/\0w/ab", 0, 7), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_PATHS, "r/\0w/a\0", 0, 4), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_PATHS, "x/\0w/a\0", 0, 7), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_PATHS, "r/\0\0\0\0\0", 0, 4), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_USER_NAMESPACE, "0 1\0 2\0", 0, 7), 0);
    CHECK_EQUAL(open_with_data(REQUEST_USER_NAMESPACE, "\0\0abcd\0", 0, 2), 0);
    CHECK_EQUAL(open_with_data(REQUEST_USER_NAMESPACE, "0 1\0 2\0", 0, 6), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_USER_NAMESPACE, "0 1\0 2\0", 0, 4), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_CHROOT, "/root/\0", 0, 7), 0);
    CHECK_EQUAL(open_with_data(REQUEST_CHROOT, "/root/\0", 0, 6), -EINVAL);
    CHECK_EQUAL(open_with_data(REQUEST_CHROOT, "/\0root\0", 0, 7), -EINVAL);
    REFUSES(b, builder_attribute(&b, 0)->type, REQUEST_CHROOT); /* without data */
}

static int open_with(struct attribute attribute) {
    struct builder b = valid();
    *builder_attribute(&b, 0) = attribute;
    return open_block();
}

/* The kernel would leave the id as it is, and the child would be root still. */
static void request_open_refuses_ids_that_change_nothing(void) {
    CHECK_EQUAL(open_with((struct attribute){.type = REQUEST_USER, .first = -1}), -EINVAL);
    CHECK_EQUAL(open_with((struct attribute){.type = REQUEST_GROUP, .first = -1}), -EINVAL);
    CHECK_EQUAL(open_with((struct attribute){.type = REQUEST_USER, .first = -2}), 0);
    CHECK_EQUAL(open_with((struct attribute){.type = REQUEST_GROUP, .first = 0}), 0);
}

/* Four times their number overflows. */
static void request_open_refuses_more_groups_than_data(void) {
    struct builder b = valid();
    uint32_t data = builder_header(&b)->pointers_offset - 8;
    for (int count = 1; count > 0 && count < 1 << 30; count += 1 << 29) {
        int result = open_with(
            (struct attribute){.type = REQUEST_GROUPS, .first = count, .second = 4, .data = data});
        CHECK_EQUAL(result, count == 1 ? 0 : -EINVAL);
    }
    CHECK_EQUAL(open_with((struct attribute){
                    .type = REQUEST_GROUPS, .first = (1 << 30) + 1, .second = 4, .data = data}),
                -EINVAL);
}

/* It would lie over the /tmp of everybody, or keep everybody from writing. */
static void request_open_refuses_mounts_without_a_namespace_of_its_own(void) {
    const int flags[] = {0, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWNS | CLONE_NEWNET};
    const uint32_t types[] = {REQUEST_PRIVATE_TMP, REQUEST_READ_ONLY};
    for (size_t type = 0; type < 2; type++) {
        CHECK_EQUAL(open_with((struct attribute){.type = types[type]}), -EINVAL);
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
            struct builder b = valid();
            *builder_attribute(&b, 0) =
                (struct attribute){.type = REQUEST_NAMESPACES, .first = flags[i]};
            builder_add_attribute(&b, types[type], 0);
            CHECK_EQUAL(open_block(), flags[i] & CLONE_NEWNS ? 0 : -EINVAL);
        }
    }
}

/* The kernel takes their number in 16 bits: of 65537 instructions it would see one. */
static void request_open_refuses_filters_that_are_too_long(void) {
    static _Alignas(8) char memory[1 << 20];
    const int counts[] = {4096, 4097, 65536, 65537};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct builder b;
        struct request request;
        builder_begin(&b, memory, sizeof memory);
        builder_add_attribute(&b, REQUEST_CALLS, 0);
        builder_attribute(&b, 0)->second = counts[i] * 8;
        builder_attribute(&b, 0)->data = b.end;
        b.end += (uint32_t)counts[i] * 8;
        builder_end(&b, ARGV);
        CHECK_EQUAL(request_open(&request, memory, sizeof memory), i == 0 ? 0 : -EINVAL);
    }
}

/* What is read as numbers or pointers must be aligned as such. */
static void request_open_refuses_misaligned_sections(void) {
    REFUSES(b, builder_header(&b)->sources_offset, REQUEST_HEADER_SIZE + 2);
    REFUSES(b, builder_header(&b)->attributes_offset, builder_header(&b)->attributes_offset + 2);
    REFUSES(b, builder_header(&b)->actions_offset, builder_header(&b)->actions_offset + 4);
    REFUSES(b, builder_header(&b)->pointers_offset, builder_header(&b)->pointers_offset - 4);
    REFUSES(b, builder_header(&b)->identity_offset, REQUEST_HEADER_SIZE + 4);
}

/* Counts whose product or sum overflows 32 bits do not look small. */
static void request_open_refuses_counts_that_overflow(void) {
    const uint32_t counts[] = {1U << 28U, 1U << 29U,      1U << 30U,
                               1U << 31U, UINT32_MAX - 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        REFUSES(b, builder_header(&b)->sources_count, counts[i]);
        REFUSES(b, builder_header(&b)->attributes_count, counts[i]);
        REFUSES(b, builder_header(&b)->actions_count, counts[i]);
        REFUSES(b, builder_header(&b)->argv_count, counts[i]);
        REFUSES(b, builder_header(&b)->envp_count, counts[i]);
    }
}

/* One string more than there is room for pointers. */
static void request_open_refuses_more_strings_than_pointers(void) {
    REFUSES(b, builder_header(&b)->argv_count, 4);
    REFUSES(b, builder_header(&b)->envp_count, 2);
}

/* A program without even its own name is none. */
static void request_open_refuses_empty_argv(void) { REFUSES(b, builder_header(&b)->argv_count, 0); }

/* Lets the texts end with `bytes`, and nothing up to the end of the block be NUL behind them. */
static uint32_t append_without_nul(const struct builder *b, const char bytes[8]) {
    struct request_header *header = builder_header(b);
    uint32_t offset = header->pointers_offset;
    header->pointers_offset += 8;
    header->length += 8;
    memset(b->memory + offset, 'x', header->length - offset);
    memcpy(b->memory + offset, bytes, 8);
    return offset;
}

/* A string that runs to the end of the block has no end. */
static void request_open_refuses_strings_without_nul(void) {
    for (int which = 0; which < 6; which++) {
        struct builder b = valid();
        struct request_header *header = builder_header(&b);
        uint32_t *offsets[] = {&header->program_offset,
                               &header->argv_offset,
                               &header->envp_offset,
                               &header->search_offset,
                               &builder_action_at(&b, 1)->text,
                               &builder_action_at(&b, 2)->text};
        *offsets[which] = append_without_nul(&b, "xxxxxxxx");
        CHECK_EQUAL(open_block(), -EINVAL);
    }
}

/* The last string of several may lack its NUL too. */
static void request_open_refuses_argv_that_runs_out(void) {
    struct builder b = valid();
    builder_header(&b)->argv_offset = append_without_nul(&b, "a\0b\0cccc");
    CHECK_EQUAL(open_block(), -EINVAL);
}

/* An action that names a source must name one that exists; so must what is to be executed. */
static void request_open_refuses_unknown_sources(void) {
    REFUSES(b, builder_action_at(&b, 0)->fd, 1);
    REFUSES(b, builder_action_at(&b, 0)->fd, -1);
    REFUSES(b, builder_action_at(&b, 0)->fd, INT32_MIN);
    REFUSES(b, builder_header(&b)->exec_source, 1);
    REFUSES(b, builder_header(&b)->exec_source, -2);
    REFUSES(b, builder_header(&b)->exec_source, INT32_MIN);
}

/* Types that nobody has defined are refused before a child meets them. */
static void request_open_refuses_unknown_types(void) {
    REFUSES(b, builder_source(&b, 0)->kind, REQUEST_SOURCE_NULL + 1);
    REFUSES(b, builder_source(&b, 0)->kind, UINT32_MAX);
    REFUSES(b, builder_attribute(&b, 0)->type, REQUEST_PARENT_DEATH + 1);
    REFUSES(b, builder_attribute(&b, 0)->type, UINT32_MAX);
    REFUSES(b, builder_action_at(&b, 2)->type, REQUEST_CONTROLLING_TERMINAL + 1);
    REFUSES(b, builder_action_at(&b, 2)->type, 0x200);
    REFUSES(b, builder_action_at(&b, 2)->type, UINT32_MAX & ~(uint32_t)REQUEST_FD_IS_SOURCE);
}

/* A strategy that nobody has defined is no CLONE3. */
static void request_open_refuses_unknown_strategy(void) {
    REFUSES(b, builder_header(&b)->strategy, REQUEST_STRATEGY_CLONE3 + 1);
    REFUSES(b, builder_header(&b)->strategy, UINT32_MAX);
}

/* Nobody dies of a signal that does not exist. */
static void request_open_refuses_signals_that_do_not_exist(void) {
    struct builder b = valid();
    builder_attribute(&b, 0)->type = REQUEST_PARENT_DEATH;
    const int32_t signals[] = {INT32_MIN, -1, 0, 65, INT32_MAX};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        builder_attribute(&b, 0)->first = signals[i];
        CHECK_EQUAL(open_block(), -EINVAL);
    }
    builder_attribute(&b, 0)->first = 64;
    CHECK_EQUAL(open_block(), 0);
}

/* An action that fails has to say with what. */
static void request_open_refuses_failure_without_error(void) {
    REFUSES(b, builder_action_at(&b, 2)->type, REQUEST_FAIL);
}

/* What is to be checked strictly is an open file. */
static void request_open_refuses_strict_identity_without_file(void) {
    struct builder b = valid();
    builder_header(&b)->flags = REQUEST_FLAG_STRICT_IDENTITY;
    builder_header(&b)->identity_offset = builder_header(&b)->actions_offset;
    CHECK_EQUAL(open_block(), -EINVAL);
    builder_header(&b)->exec_source = 0;
    CHECK_EQUAL(open_block(), 0);
}

/* Nothing can be opened or duplicated as a negative number. */
static void request_open_refuses_negative_targets(void) {
    REFUSES(b, builder_action_at(&b, 0)->newfd, -1);
    REFUSES(b, builder_action_at(&b, 1)->newfd, -1);
    REFUSES(b, builder_action_at(&b, 1)->newfd, INT32_MIN);
}

/* Room for argv and envp that lies upon what has been checked would undo the checks. */
static void request_open_refuses_pointers_upon_other_sections(void) {
    REFUSES(b, builder_header(&b)->pointers_offset, builder_header(&b)->sources_offset);
    REFUSES(b, builder_header(&b)->pointers_offset, builder_header(&b)->actions_offset);
    REFUSES(b, builder_header(&b)->pointers_offset, builder_header(&b)->argv_offset & ~7U);
}

/* Sources are written too, so nothing may lie upon them. */
static void request_open_refuses_sources_upon_other_sections(void) {
    REFUSES(b, builder_header(&b)->sources_offset, builder_header(&b)->actions_offset);
    REFUSES(b, builder_header(&b)->sources_offset, builder_header(&b)->argv_offset & ~7U);
}

static bool lies_in_block(const void *pointer, const struct request *request) {
    const char *start = (const char *)request->header;
    return (const char *)pointer >= start &&
           (const char *)pointer <= start + request->header->length;
}

static uint32_t random_number(void) {
    static uint64_t state = 42;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(state >> 33);
}

/* Whatever the numbers are, nothing outside is touched, and what is accepted points inside. */
static void request_open_survives_random_numbers(void) {
    for (int round = 0; round < 300000; round++) {
        struct builder b = valid();
        uint32_t *words = (uint32_t *)b.memory;
        for (uint32_t change = random_number() % 3 + 1; change > 0; change--) {
            uint32_t value = random_number();
            /* Small numbers come closer to being believed. */
            words[random_number() % (b.end / 4)] = value % 2 ? value : value % 2048;
        }
        struct request request;
        int result = request_open(&request, page, PAGE);
        if (result == 0) {
            CHECK(lies_in_block(request.program, &request));
            CHECK(lies_in_block(request.argv[0], &request));
            CHECK(lies_in_block(&request.actions[request.header->actions_count], &request));
            CHECK(lies_in_block(&request.sources[request.header->sources_count], &request));
        } else {
            CHECK_EQUAL(result, -EINVAL);
        }
    }
}

/* The first failure is the one that is told. */
static void request_fail_keeps_first_failure(void) {
    struct builder b = valid();
    struct request request;
    CHECK_EQUAL(request_open(&request, page, PAGE), 0);
    CHECK_EQUAL(request_fail(&request, REQUEST_STEP_ACTION, 3, -ENOENT), -ENOENT);
    CHECK_EQUAL(request_fail(&request, REQUEST_STEP_EXEC, 4, -EACCES), -EACCES);
    CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_ACTION);
    CHECK_EQUAL(builder_header(&b)->index, 3);
    CHECK_EQUAL(builder_header(&b)->error, ENOENT);
}

int main(void) {
    char *pages =
        mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(pages != MAP_FAILED);
    page = pages + PAGE;
    CHECK(mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0);

    RUN(request_open_accepts_valid_block);
    RUN(request_open_resets_outcome);
    RUN(request_open_refuses_memory_smaller_than_header);
    RUN(request_open_refuses_wrong_length);
    RUN(request_open_refuses_truncated_block);
    RUN(request_open_reads_nothing_behind_its_memory);
    RUN(request_open_refuses_offsets_outside);
    RUN(request_open_refuses_sections_that_end_outside);
    RUN(request_open_refuses_wrong_data_of_attributes);
    RUN(request_open_refuses_ids_that_change_nothing);
    RUN(request_open_refuses_more_groups_than_data);
    RUN(request_open_refuses_mounts_without_a_namespace_of_its_own);
    RUN(request_open_refuses_filters_that_are_too_long);
    RUN(request_open_refuses_misaligned_sections);
    RUN(request_open_refuses_counts_that_overflow);
    RUN(request_open_refuses_more_strings_than_pointers);
    RUN(request_open_refuses_empty_argv);
    RUN(request_open_refuses_strings_without_nul);
    RUN(request_open_refuses_argv_that_runs_out);
    RUN(request_open_refuses_unknown_sources);
    RUN(request_open_refuses_unknown_types);
    RUN(request_open_refuses_unknown_strategy);
    RUN(request_open_refuses_signals_that_do_not_exist);
    RUN(request_open_refuses_failure_without_error);
    RUN(request_open_refuses_strict_identity_without_file);
    RUN(request_open_refuses_negative_targets);
    RUN(request_open_refuses_pointers_upon_other_sections);
    RUN(request_open_refuses_sources_upon_other_sections);
    RUN(request_open_survives_random_numbers);
    RUN(request_fail_keeps_first_failure);
    return 0;
}
