// SPDX-License-Identifier: Apache-2.0
/* What the kernel allows, and what this process is and may. */
#include "account.h"
#include "authority.h"
#include "cgroup.h"
#include "constants.h"
#include "jni/native.h"
#include "probe.h"
#include "timeslice.h"
#include "wait.h"

#include <errno.h>

/* Kernel */

NATIVE(jlong, Kernel, capabilities0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    uint64_t capabilities;
    int result = probe_capabilities(&capabilities);
    return result < 0 ? result : (jlong)capabilities;
}

NATIVE(jboolean, Kernel, killsAtBirth0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return cgroup_has_killed();
}

/* Confinement */

NATIVE(jint, Confinement, mechanisms0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    uint64_t mechanisms;
    int result = probe_confinement(&mechanisms);
    return result < 0 ? result : (jint)mechanisms;
}

/* TimeSlice */

NATIVE(jint, TimeSlice, halve0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return probe_has(KERNEL_SCHED_ATTR) ? timeslice_halve() : -ENOSYS;
}

/* Threads */

NATIVE(jboolean, Threads, hasChildren0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return wait_has_children();
}

/* Account */

NATIVE(jint, Account, user0)(JNIEnv *env, jclass class, jbyteArray name, jintArray ids) {
    (void)class;
    jbyte *text = (*env)->GetByteArrayElements(env, name, NULL);
    jint *numbers = text ? (*env)->GetIntArrayElements(env, ids, NULL) : NULL;
    int result = -ENOMEM;
    if (numbers) {
        result = account_user((const char *)text, numbers, (*env)->GetArrayLength(env, ids));
        (*env)->ReleaseIntArrayElements(env, ids, numbers, 0);
    }
    if (text) {
        (*env)->ReleaseByteArrayElements(env, name, text, JNI_ABORT);
    }
    return result;
}

NATIVE(jint, Account, group0)(JNIEnv *env, jclass class, jbyteArray name, jintArray id) {
    (void)class;
    jbyte *text = (*env)->GetByteArrayElements(env, name, NULL);
    if (!text) {
        return -ENOMEM;
    }
    jint number = 0;
    int result = account_group((const char *)text, &number);
    (*env)->ReleaseByteArrayElements(env, name, text, JNI_ABORT);
    (*env)->SetIntArrayRegion(env, id, 0, 1, &number);
    return result;
}

/* Authority */

NATIVE(jint, Authority, read0)(JNIEnv *env, jclass class, jbyteArray bytes) {
    (void)class;
    struct authority authority;
    int result = authority_read(&authority);
    if (result == 0) {
        (*env)->SetByteArrayRegion(env, bytes, 0, sizeof authority, (const jbyte *)&authority);
    }
    return result;
}

NATIVE(jint, Authority, size0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return sizeof(struct authority);
}
