// SPDX-License-Identifier: Apache-2.0
/* Starts, cold and warm. */
#include "constants.h"
#include "jni/native.h"
#include "kept.h"
#include "spawn.h"
#include "sys.h"
#include "warm/calls.h"
#include "warm/ended.h"
#include "warm/trial.h"
#include "warm/warm.h"

#include <string.h>
#include <unistd.h>

/* The words come first, and then the texts, each at a multiple of 8 bytes. */
static void copy_request(JNIEnv *env, struct kept *kept, jintArray words, jint count,
                         jobjectArray texts, jint texts_count) {
    (*env)->GetIntArrayRegion(env, words, 0, count, (jint *)kept->block);
    size_t at = (size_t)count * sizeof(jint);
    for (jint i = 0; i < texts_count; i++) {
        jbyteArray text = (*env)->GetObjectArrayElement(env, texts, i);
        size_t size = (size_t)(*env)->GetArrayLength(env, text);
        at = (at + 7) & ~(size_t)7;
        if (at > kept->capacity || size > kept->capacity - at) {
            return; /* not what its header says, which is found when it is checked */
        }
        (*env)->GetByteArrayRegion(env, text, 0, (jsize)size, (jbyte *)kept->block + at);
        (*env)->DeleteLocalRef(env, text);
        at += size;
    }
}

/* Spawn */

NATIVE(jboolean, Spawn, spawn0)
(JNIEnv *env, jclass class, jintArray words, jint count, jobjectArray texts, jint texts_count,
 jint length, jint outcome_count) {
    (void)class;
    struct kept *kept = kept_take((size_t)length);
    if (!kept) {
        return JNI_FALSE;
    }
    copy_request(env, kept, words, count, texts, texts_count);
    spawn(kept->block, kept->capacity);
    (*env)->SetIntArrayRegion(env, words, 0, outcome_count, (const jint *)kept->block);
    kept_give(kept);
    return JNI_TRUE;
}

NATIVE(jbyteArray, Spawn, environment0)(JNIEnv *env, jclass class) {
    (void)class;
    size_t length = 0;
    for (char **entry = environ; entry && *entry; entry++) {
        length += strlen(*entry) + 1;
    }
    jbyteArray bytes = (*env)->NewByteArray(env, (jsize)length);
    jsize at = 0;
    for (char **entry = environ; bytes && entry && *entry; entry++) {
        jsize size = (jsize)strlen(*entry) + 1;
        (*env)->SetByteArrayRegion(env, bytes, at, size, (const jbyte *)*entry);
        at += size;
    }
    return bytes;
}

NATIVE(jlong, Spawn, signalMask0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    signal_set mask = 0;
    sys_sigmask(NULL, &mask);
    return (jlong)mask;
}

/* WarmSpawn */

#define SAME(reason) static_assert((int)WARM_##reason == WARM_SPAWN_##reason, #reason)
SAME(STARTED);
SAME(NO_FILE);
SAME(SETUID);
SAME(NOT_ELF);
SAME(STATIC);
SAME(UNKNOWN_LINKER);
SAME(LINKER_DIFFERS);
SAME(ENV);
SAME(LINKER_ACTS);
SAME(NEVER_LINKED);
SAME(NO_ARCHITECTURE);
SAME(NO_KERNEL);
SAME(NO_TRACING);
SAME(NO_PROC);
SAME(NO_SPAWN);
SAME(SIGCHLD_IGNORED);
SAME(NO_MEMORY);
SAME(TIMEOUT);
SAME(OTHER_REQUEST);
SAME(OTHER_PROGRAM);
SAME(OTHER_ENVIRONMENT);
SAME(TOO_BIG);
SAME(STALE);
SAME(OTHER_AUTHORITY);
SAME(NO_ACCESS);
SAME(OTHER_SCHEDULE);
SAME(OTHER_GROUP);
SAME(OTHER_LIMITS);
SAME(BUSY);
SAME(LATE);
SAME(BROKEN);
SAME(REASONS);
#undef SAME
static_assert((int)CALLS_PTRACE == WARM_SPAWN_PTRACE, "ptrace");
static_assert((int)CALLS_KCMP == WARM_SPAWN_KCMP, "kcmp");
static_assert((int)CALLS_CHECKPOINT_RESTORE == WARM_SPAWN_CHECKPOINT_RESTORE, "checkpoint");

static struct warm_helper *helper_at(jlong address) {
    return (struct warm_helper *)(uintptr_t)address;
}

NATIVE(jint, WarmSpawn, make0)
(JNIEnv *env, jclass class, jintArray words, jint count, jobjectArray texts, jint texts_count,
 jint length, jint deadline_ms, jlongArray made) {
    (void)class;
    struct kept *kept = kept_take((size_t)length);
    if (!kept) {
        return WARM_NO_MEMORY;
    }
    copy_request(env, kept, words, count, texts, texts_count);
    struct warm_helper *helper;
    int error;
    enum warm_reason reason = warm_make(kept->block, kept->capacity, deadline_ms, &helper, &error);
    kept_give(kept);
    const jlong values[] = {(jlong)(uintptr_t)helper, error};
    (*env)->SetLongArrayRegion(env, made, 0, 2, values);
    return reason;
}

NATIVE(jint, WarmSpawn, start0)
(JNIEnv *env, jclass class, jlong helper, jintArray words, jint count, jobjectArray texts,
 jint texts_count, jint length, jint outcome_count, jint deadline_ms) {
    (void)class;
    struct kept *kept = kept_take((size_t)length);
    if (!kept) {
        return WARM_NO_MEMORY;
    }
    copy_request(env, kept, words, count, texts, texts_count);
    int result;
    enum warm_reason reason =
        warm_start(helper_at(helper), kept->block, kept->capacity, deadline_ms, &result);
    if (reason == WARM_STARTED) {
        (*env)->SetIntArrayRegion(env, words, 0, outcome_count, (const jint *)kept->block);
    }
    kept_give(kept);
    return reason;
}

NATIVE(jint, WarmSpawn, park0)(JNIEnv *env, jclass class, jlong helper, jint count) {
    (void)env;
    (void)class;
    return warm_park(helper_at(helper), count);
}

NATIVE(jint, WarmSpawn, look0)(JNIEnv *env, jclass class, jlong helper) {
    (void)env;
    (void)class;
    return warm_look(helper_at(helper));
}

NATIVE(jint, WarmSpawn, pid0)(JNIEnv *env, jclass class, jlong helper) {
    (void)env;
    (void)class;
    return warm_pid(helper_at(helper));
}

NATIVE(void, WarmSpawn, free0)(JNIEnv *env, jclass class, jlong helper) {
    (void)env;
    (void)class;
    warm_free(helper_at(helper));
}

NATIVE(void, WarmSpawn, reap0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    ended_reap();
}

NATIVE(jint, WarmSpawn, ask0)(JNIEnv *env, jclass class, jint need) {
    (void)env;
    (void)class;
    return calls_ask((enum calls_need)need);
}

NATIVE(jbyteArray, WarmSpawn, linkers0)(JNIEnv *env, jclass class) {
    (void)class;
    char text[8192];
    jsize size = (jsize)trial_tell(text, sizeof text);
    jbyteArray bytes = (*env)->NewByteArray(env, size);
    if (bytes) {
        (*env)->SetByteArrayRegion(env, bytes, 0, size, (const jbyte *)text);
    }
    return bytes;
}
