// SPDX-License-Identifier: Apache-2.0
/* The boundary to Java: a file for each subject, its functions in the order of their classes. It
 * takes no decisions: it fetches memory, calls, and hands back >= 0 or -errno. */
#ifndef SPAWN4J_JNI_NATIVE_H
#define SPAWN4J_JNI_NATIVE_H

#include <jni.h>

/* The native method `name` of a class of the package internal.os. */
#define NATIVE(type, class, name)                                                                  \
    JNIEXPORT type JNICALL Java_io_github_spawn4j_internal_os_##class##_##name

#endif
