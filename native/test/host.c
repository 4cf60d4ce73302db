// SPDX-License-Identifier: Apache-2.0
/* A host, as the JVM is one: loads the library, and starts programs through its native methods,
 * which find here what they ask the JVM for. Shows under which C library that works
 * (check_musl.sh). Usage: host LIBRARY */
#include "builder.h"

#include <dlfcn.h>
#include <jni.h>

#define CAPACITY 4096
#define EXPORT "Java_io_github_spawn4j_internal_os_"

/* An array of Java's. */
struct array {
    jint length;
    void *elements;
};

static jsize get_length(JNIEnv *env, jarray array) {
    (void)env;
    return ((struct array *)array)->length;
}

static void get_ints(JNIEnv *env, jintArray array, jsize start, jsize length, jint *to) {
    (void)env;
    memcpy(to, (jint *)((struct array *)array)->elements + start, (size_t)length * sizeof *to);
}

static void set_ints(JNIEnv *env, jintArray array, jsize start, jsize length, const jint *from) {
    (void)env;
    memcpy((jint *)((struct array *)array)->elements + start, from, (size_t)length * sizeof *from);
}

static const struct JNINativeInterface_ functions = {
    .GetArrayLength = get_length,
    .GetIntArrayRegion = get_ints,
    .SetIntArrayRegion = set_ints,
};

typedef jint load(JavaVM *vm, void *reserved);
typedef jlong reserve(JNIEnv *env, jclass class);
typedef jboolean spawn0(JNIEnv *env, jclass class, jintArray words, jint count, jobjectArray texts,
                        jint texts_count, jint length, jint outcome_count);

static void *find(void *library, const char *name) {
    void *function = dlsym(library, name);
    if (!function) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return function;
}

/* Starts a shell with a strategy, which gets pipes and no other descriptor, as every child. */
static int start(JNIEnv *env, spawn0 *spawn, uint32_t strategy) {
    static const char *const argv[] = {"/bin/sh", "-c", "exit 7", NULL};
    jint words[CAPACITY / sizeof(jint)];
    struct array array = {(jint)(sizeof words / sizeof words[0]), words};
    struct builder b;
    builder_begin(&b, words, sizeof words);
    builder_header(&b)->strategy = strategy;
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end(&b, argv);
    const jint count = (jint)(builder_header(&b)->pointers_offset / sizeof(jint));
    CHECK(spawn(env, NULL, (jintArray)&array, count, NULL, 0, (jint)builder_header(&b)->length,
                array.length));
    const struct request_header *header = builder_header(&b);
    if (header->step != REQUEST_STEP_NONE) {
        return -header->error;
    }
    int status;
    CHECK_EQUAL(waitpid(header->pid, &status, 0), header->pid);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(close(header->pidfd), 0);
    return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
    CHECK_EQUAL(argc, 2);
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    JNIEnv env = &functions;
    CHECK(((load *)find(library, "JNI_OnLoad"))(NULL, NULL) > 0);
    CHECK(((reserve *)find(library, EXPORT "Slots_reserve0"))(&env, NULL) > 0);
    spawn0 *spawn = (spawn0 *)find(library, EXPORT "Spawn_spawn0");
    CHECK_EQUAL(start(&env, spawn, REQUEST_STRATEGY_CLONE3), 7);
    CHECK_EQUAL(start(&env, spawn, REQUEST_STRATEGY_VFORK), 7);
    CHECK_EQUAL(start(&env, spawn, REQUEST_STRATEGY_FORK), 7);
    int result = start(&env, spawn, REQUEST_STRATEGY_POSIX_SPAWN);
    CHECK(result == 7 || result == -ENOTSUP);
    return 0;
}
