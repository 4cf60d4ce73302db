// SPDX-License-Identifier: Apache-2.0
/* Pseudo-terminals, and the foreground of the JVM's own terminal. */
#include "foreground.h"
#include "jni/native.h"
#include "pty.h"

/* Pty */

NATIVE(jint, Pty, open0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return pty_open();
}

NATIVE(jint, Pty, unlock0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return pty_unlock(fd);
}

NATIVE(jint, Pty, peer0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return pty_peer(fd);
}

NATIVE(jint, Pty, resize0)(JNIEnv *env, jclass class, jint fd, jint rows, jint columns) {
    (void)env;
    (void)class;
    return pty_resize(fd, (unsigned short)rows, (unsigned short)columns);
}

NATIVE(jlong, Pty, size0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return pty_size(fd);
}

NATIVE(jint, Pty, endOfInput0)(JNIEnv *env, jclass class, jint fd, jint last, jbyteArray bytes) {
    (void)class;
    unsigned char end[2];
    int count = pty_end_of_input(fd, last, end);
    if (count > 0) {
        (*env)->SetByteArrayRegion(env, bytes, 0, count, (const jbyte *)end);
    }
    return count;
}

/* Foreground */

NATIVE(jint, Foreground, isOurs0)(JNIEnv *env, jclass class, jint terminal) {
    (void)env;
    (void)class;
    return foreground_is_ours(terminal);
}

NATIVE(jint, Foreground, takeBack0)(JNIEnv *env, jclass class, jint terminal, jint group) {
    (void)env;
    (void)class;
    return foreground_take_back(terminal, group);
}
