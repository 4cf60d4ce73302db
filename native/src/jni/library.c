// SPDX-License-Identifier: Apache-2.0
/* The library as a whole: loading and unloading it, and the slots that class loaders share. */
#include "authority.h"
#include "constants.h"
#include "jni/holder.h"
#include "jni/native.h"
#include "jni/relocated.h"
#include "kept.h"
#include "probe.h"
#include "slot.h"

#include <errno.h>

jint JNI_OnLoad(JavaVM *vm, void *reserved) {
    (void)reserved;
    if (!relocated_bind(vm)) {
        return JNI_ERR; /* with an exception */
    }
    authority_load();
    return JNI_VERSION_10;
}

void JNI_OnUnload(JavaVM *vm, void *reserved) {
    (void)vm;
    (void)reserved;
    authority_unload();
    kept_free_all();
}

/* Slots */

NATIVE(jclass, Slots, defineHolder0)(JNIEnv *env, jclass class) {
    (void)class;
    return (*env)->DefineClass(env, NULL, NULL, (const jbyte *)HOLDER_CLASS,
                               sizeof HOLDER_CLASS - 1);
}

static jfieldID address_field(JNIEnv *env, jclass holder) {
    return (*env)->GetStaticFieldID(env, holder, "address", "J");
}

NATIVE(jlong, Slots, address0)(JNIEnv *env, jclass class, jclass holder) {
    (void)class;
    jfieldID field = address_field(env, holder);
    return field ? (*env)->GetStaticLongField(env, holder, field) : 0;
}

NATIVE(void, Slots, setAddress0)(JNIEnv *env, jclass class, jclass holder, jlong address) {
    (void)class;
    jfieldID field = address_field(env, holder);
    if (field) {
        (*env)->SetStaticLongField(env, holder, field, address);
    }
}

NATIVE(jlong, Slots, reserve0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    uint64_t capabilities;
    int result = probe_capabilities(&capabilities);
    if (result < 0) {
        return result;
    }
    bool may_create = capabilities & KERNEL_MEMFD_CREATE;
    void *slots = slots_reserve(may_create);
    return slots || !may_create ? (jlong)(uintptr_t)slots : -EAGAIN;
}

NATIVE(jint, Slots, adopt0)(JNIEnv *env, jclass class, jlong address) {
    (void)env;
    (void)class;
    return slots_adopt((void *)(uintptr_t)address);
}
