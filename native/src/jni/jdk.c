// SPDX-License-Identifier: Apache-2.0
/* What the JDK has but does not show. */
#include "jni/native.h"

/* StreamDescriptor */

/* NULL where the object has no such field. */
NATIVE(jobject, StreamDescriptor, field0)
(JNIEnv *env, jclass class, jobject object, jstring name, jstring signature) {
    (void)class;
    jobject value = NULL;
    const char *name_chars = (*env)->GetStringUTFChars(env, name, NULL);
    const char *signature_chars =
        name_chars ? (*env)->GetStringUTFChars(env, signature, NULL) : NULL;
    if (signature_chars) {
        jclass type = (*env)->GetObjectClass(env, object);
        jfieldID field = (*env)->GetFieldID(env, type, name_chars, signature_chars);
        if (field) {
            value = (*env)->GetObjectField(env, object, field);
        } else {
            (*env)->ExceptionClear(env);
        }
        (*env)->ReleaseStringUTFChars(env, signature, signature_chars);
    }
    if (name_chars) {
        (*env)->ReleaseStringUTFChars(env, name, name_chars);
    }
    return value;
}

/* JdkDescriptor */

/* -1 where it is closed, or no such field is there. */
NATIVE(jint, JdkDescriptor, number0)(JNIEnv *env, jclass class, jobject descriptor) {
    (void)class;
    jfieldID field = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, descriptor), "fd", "I");
    if (!field) {
        (*env)->ExceptionClear(env);
        return -1;
    }
    return (*env)->GetIntField(env, descriptor, field);
}

/* JdkHandle */

/* NULL where the JDK has no such constructor. */
NATIVE(jobject, JdkHandle, create0)(JNIEnv *env, jclass class, jlong pid, jlong start_time) {
    (void)class;
    jclass type = (*env)->FindClass(env, "java/lang/ProcessHandleImpl");
    jmethodID constructor = type ? (*env)->GetMethodID(env, type, "<init>", "(JJ)V") : NULL;
    jobject handle =
        constructor ? (*env)->NewObject(env, type, constructor, pid, start_time) : NULL;
    if (!handle) {
        (*env)->ExceptionClear(env);
    }
    return handle;
}
