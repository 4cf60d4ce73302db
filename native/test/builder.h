// SPDX-License-Identifier: Apache-2.0
/* Writes request blocks by hand, as RequestEncoder.java does. */
#ifndef SPAWN4J_BUILDER_H
#define SPAWN4J_BUILDER_H

#include "check.h"
#include "identity.h"
#include "request.h"

#include <string.h>

#define BUILDER_SOURCES 8
#define BUILDER_ATTRIBUTES 10
#define BUILDER_ACTIONS 8

struct builder {
    char *memory;
    size_t capacity;
    uint32_t end;
};

static inline struct request_header *builder_header(const struct builder *b) {
    return (struct request_header *)b->memory;
}

static inline struct source *builder_source(const struct builder *b, uint32_t index) {
    return (struct source *)(b->memory + builder_header(b)->sources_offset) + index;
}

/* The `index`-th action. */
static inline struct action *builder_action_at(const struct builder *b, uint32_t index) {
    return (struct action *)(b->memory + builder_header(b)->actions_offset) + index;
}

static inline struct attribute *builder_attribute(const struct builder *b, uint32_t index) {
    return (struct attribute *)(b->memory + builder_header(b)->attributes_offset) + index;
}

/* Begins a request in `capacity` bytes at `memory`, with room for a few sources and actions. */
static inline void builder_begin(struct builder *b, void *memory, size_t capacity) {
    memset(memory, 0, capacity);
    b->memory = memory;
    b->capacity = capacity;
    struct request_header *header = builder_header(b);
    header->exec_source = -1;
    header->sources_offset = REQUEST_HEADER_SIZE;
    header->attributes_offset = REQUEST_HEADER_SIZE + BUILDER_SOURCES * sizeof(struct source);
    header->actions_offset =
        header->attributes_offset + BUILDER_ATTRIBUTES * sizeof(struct attribute);
    b->end = header->actions_offset + BUILDER_ACTIONS * (uint32_t)sizeof(struct action);
}

static inline uint32_t builder_text(struct builder *b, const char *text) {
    uint32_t offset = b->end;
    size_t size = strlen(text) + 1;
    CHECK(offset + size <= b->capacity);
    memcpy(b->memory + offset, text, size);
    b->end += (uint32_t)size;
    return offset;
}

static inline int builder_add_source(struct builder *b, uint32_t kind, int fd) {
    uint32_t index = builder_header(b)->sources_count++;
    CHECK(index < BUILDER_SOURCES);
    *builder_source(b, index) = (struct source){.kind = kind, .fd = fd};
    return (int)index;
}

static inline struct action *builder_add_action(struct builder *b, uint32_t type, int fd,
                                                int newfd) {
    uint32_t index = builder_header(b)->actions_count++;
    CHECK(index < BUILDER_ACTIONS);
    struct action *action = builder_action_at(b, index);
    *action = (struct action){.type = type, .index = (int32_t)index, .fd = fd, .newfd = newfd};
    return action;
}

static inline void builder_add_attribute(struct builder *b, uint32_t type, int first) {
    uint32_t index = builder_header(b)->attributes_count++;
    CHECK(index < BUILDER_ATTRIBUTES);
    *builder_attribute(b, index) = (struct attribute){.type = type, .first = first};
}

/* Adds bytes that an attribute refers to. Returns their offset. */
static inline uint32_t builder_data(struct builder *b, const void *data, size_t size) {
    uint32_t offset = (b->end + 7) & ~7U;
    CHECK(offset + size <= b->capacity);
    memcpy(b->memory + offset, data, size);
    b->end = offset + (uint32_t)size;
    return offset;
}

/* The source `source` becomes the child's `newfd`. */
static inline void builder_map(struct builder *b, int source, int newfd) {
    builder_add_action(b, REQUEST_DUP2 | REQUEST_FD_IS_SOURCE, source, newfd);
}

/* Fails with ESTALE unless the program still has this identity key. */
static inline void builder_identity(struct builder *b, const struct identity *identity) {
    builder_header(b)->identity_offset = builder_data(b, identity, sizeof *identity);
}

/* Adds `texts`, which end by NULL. Returns the offset of the first, and their number in `count`. */
static inline uint32_t builder_texts(struct builder *b, const char *const texts[],
                                     uint32_t *count) {
    uint32_t offset = b->end;
    for (*count = 0; texts[*count]; ++*count) {
        builder_text(b, texts[*count]);
    }
    return offset;
}

/* Ends the request: `argv` is executed with the environment `envp`; both end by NULL. */
static inline void builder_end_with(struct builder *b, const char *const argv[],
                                    const char *const envp[]) {
    struct request_header *header = builder_header(b);
    header->program_offset = builder_text(b, argv[0]);
    header->argv_offset = builder_texts(b, argv, &header->argv_count);
    header->envp_offset = builder_texts(b, envp, &header->envp_count);
    header->pointers_offset = (b->end + 7) & ~7U;
    header->length = header->pointers_offset +
                     (header->argv_count + header->envp_count + 3) * (uint32_t)sizeof(char *);
    CHECK(header->length <= b->capacity);
}

/* The same with one variable, A=b. */
static inline void builder_end(struct builder *b, const char *const argv[]) {
    const char *const envp[] = {"A=b", NULL};
    builder_end_with(b, argv, envp);
}

#endif
