// SPDX-License-Identifier: Apache-2.0
#include "jni/relocated.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

struct native {
    const char *class;
    JNINativeMethod method;
};

#include "natives.h"

#define MARK "libspawn4j@"
#define MOST_NAME 512

/* What finds a class without running its initialiser, which would load the library once more. */
struct finder {
    JNIEnv *env;
    jclass type; /* java.lang.Class */
    jmethodID for_name;
    jobject loader;
};

/* Stores the package, with dots. Returns false if the file's name has none. */
static bool find_package(char package[MOST_NAME]) {
    Dl_info info;
    if (!dladdr((void *)relocated_bind, &info)) {
        return false;
    }
    const char *slash = strrchr(info.dli_fname, '/');
    const char *name = slash ? slash + 1 : info.dli_fname;
    const size_t length = strlen(name);
    const size_t around = strlen(MARK) + strlen(".so");
    if (strncmp(name, MARK, strlen(MARK)) != 0 || length <= around ||
        length - around >= MOST_NAME) {
        return false;
    }
    memcpy(package, name + strlen(MARK), length - around);
    package[length - around] = 0;
    return true;
}

/* The loader is that of NativeLibrary, which is loading us. */
static bool make_finder(struct finder *finder, JNIEnv *env, const char *package) {
    char name[MOST_NAME + 64];
    snprintf(name, sizeof name, "%s.NativeLibrary", package);
    for (char *at = name; *at; at++) {
        *at = *at == '.' ? '/' : *at;
    }
    jclass own = (*env)->FindClass(env, name);
    jclass type = own ? (*env)->FindClass(env, "java/lang/Class") : NULL;
    jmethodID get_loader =
        type ? (*env)->GetMethodID(env, type, "getClassLoader", "()Ljava/lang/ClassLoader;") : NULL;
    jmethodID for_name = get_loader
                             ? (*env)->GetStaticMethodID(
                                   env, type, "forName",
                                   "(Ljava/lang/String;ZLjava/lang/ClassLoader;)Ljava/lang/Class;")
                             : NULL;
    if (!for_name) {
        return false;
    }
    *finder = (struct finder){env, type, for_name, (*env)->CallObjectMethod(env, own, get_loader)};
    return !(*env)->ExceptionCheck(env);
}

static jclass find_class(const struct finder *finder, const char *package, const char *class) {
    JNIEnv *env = finder->env;
    char text[MOST_NAME + 64];
    snprintf(text, sizeof text, "%s.%s", package, class);
    jstring name = (*env)->NewStringUTF(env, text);
    if (!name) {
        return NULL;
    }
    jclass found = (*env)->CallStaticObjectMethod(env, finder->type, finder->for_name, name,
                                                  JNI_FALSE, finder->loader);
    if ((*env)->ExceptionCheck(env)) {
        return NULL;
    }
    (*env)->DeleteLocalRef(env, name);
    return found;
}

bool relocated_bind(JavaVM *vm) {
    char package[MOST_NAME];
    if (!find_package(package)) {
        return true;
    }
    JNIEnv *env;
    struct finder finder;
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10) != JNI_OK ||
        !make_finder(&finder, env, package)) {
        return false;
    }
    for (size_t i = 0; i < sizeof natives / sizeof natives[0]; i++) {
        jclass class = find_class(&finder, package, natives[i].class);
        if (!class || (*env)->RegisterNatives(env, class, &natives[i].method, 1) != JNI_OK) {
            return false;
        }
        (*env)->DeleteLocalRef(env, class);
    }
    return true;
}
