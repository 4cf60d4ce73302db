// SPDX-License-Identifier: Apache-2.0
/* Files of programs. */
#include "identity.h"
#include "jni/native.h"
#include "program.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

/* Copies a path, which Java has ended by NUL, to `path`. */
static bool fetch_path(JNIEnv *env, jbyteArray bytes, char path[PATH_MAX]) {
    jsize length = (*env)->GetArrayLength(env, bytes);
    if (length < 1 || length > PATH_MAX) {
        return false;
    }
    (*env)->GetByteArrayRegion(env, bytes, 0, length, (jbyte *)path);
    return path[length - 1] == 0;
}

NATIVE(jint, Executable, checkProgram0)(JNIEnv *env, jclass class, jbyteArray bytes) {
    (void)class;
    char path[PATH_MAX];
    return fetch_path(env, bytes, path) ? program_check(path) : -ENAMETOOLONG;
}

NATIVE(jint, Executable, checkDirectory0)(JNIEnv *env, jclass class, jbyteArray bytes) {
    (void)class;
    char path[PATH_MAX];
    return fetch_path(env, bytes, path) ? program_check_directory(path) : -ENAMETOOLONG;
}

NATIVE(jint, Executable, pin0)(JNIEnv *env, jclass class, jbyteArray bytes) {
    (void)class;
    char path[PATH_MAX];
    return fetch_path(env, bytes, path) ? sys_open(path, O_PATH | O_CLOEXEC, 0) : -ENAMETOOLONG;
}

NATIVE(jint, Executable, open0)(JNIEnv *env, jclass class, jbyteArray bytes) {
    (void)class;
    char path[PATH_MAX];
    return fetch_path(env, bytes, path) ? sys_open(path, O_RDONLY | O_CLOEXEC, 0) : -ENAMETOOLONG;
}

NATIVE(jint, Executable, identity0)(JNIEnv *env, jclass class, jint fd, jbyteArray key) {
    (void)class;
    struct identity identity;
    int result = identity_read(fd, "", &identity);
    if (result == 0) {
        (*env)->SetByteArrayRegion(env, key, 0, sizeof identity, (const jbyte *)&identity);
    }
    return result;
}

NATIVE(jint, Executable, pinDescriptor0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return program_pin(fd);
}

NATIVE(jint, Executable, checkFile0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return program_check_file(fd);
}

NATIVE(jint, Executable, checkElf0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return program_check_elf(fd);
}
