// SPDX-License-Identifier: Apache-2.0
/* Copies of the library whose classes have been given another package, as tools do that put several
 * libraries into one jar. The JVM finds a native method by the name of its class, which we then do
 * not know: NativeLibrary.java writes the package into the name of the file that it loads,
 * libspawn4j@PACKAGE.so. Without such a name there is nothing to do, and nothing is done: to bind
 * all methods takes longer than the start of a process. */
#ifndef SPAWN4J_RELOCATED_H
#define SPAWN4J_RELOCATED_H

#include <jni.h>
#include <stdbool.h>

/* Binds the native methods of such a copy. Returns false, with an exception, if one of its classes
 * is missing. */
bool relocated_bind(JavaVM *vm);

#endif
