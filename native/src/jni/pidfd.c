// SPDX-License-Identifier: Apache-2.0
/* Running children, by their pidfds. */
#include "constants.h"
#include "jni/native.h"
#include "sys.h"
#include "wait.h"

#include <fcntl.h>

NATIVE(jint, Pidfd, open0)(JNIEnv *env, jclass class, jint pid) {
    (void)env;
    (void)class;
    return sys_pidfd_open(pid, 0);
}

NATIVE(jint, Pidfd, sendSignal0)
(JNIEnv *env, jclass class, jint pidfd, jint signal, jint flags) {
    (void)env;
    (void)class;
    return sys_pidfd_send_signal(pidfd, signal, (unsigned)flags);
}

NATIVE(jint, Pidfd, kill0)(JNIEnv *env, jclass class, jint pid, jint signal) {
    (void)env;
    (void)class;
    return (jint)sys_call(SYS_kill, pid, signal, 0, 0, 0, 0);
}

NATIVE(jint, Pidfd, exit0)
(JNIEnv *env, jclass class, jint pidfd, jboolean reap, jlongArray fields) {
    (void)class;
    struct wait_result exit;
    int result = reap ? wait_reap(pidfd, &exit) : wait_peek(pidfd, &exit);
    if (result == 1) {
        const struct rusage *usage = &exit.usage;
        const jlong values[EXIT_FIELDS] = {
            exit.info.code,
            exit.info.status,
            usage->ru_utime.tv_sec * 1000000 + usage->ru_utime.tv_usec,
            usage->ru_stime.tv_sec * 1000000 + usage->ru_stime.tv_usec,
            usage->ru_maxrss,
            usage->ru_minflt,
            usage->ru_majflt,
            usage->ru_inblock,
            usage->ru_oublock,
            usage->ru_nvcsw,
            usage->ru_nivcsw,
        };
        (*env)->SetLongArrayRegion(env, fields, 0, EXIT_FIELDS, values);
    }
    return result;
}

NATIVE(jint, Pidfd, duplicate0)(JNIEnv *env, jclass class, jint pidfd, jint number) {
    (void)env;
    (void)class;
    return sys_dup3(pidfd, number, O_CLOEXEC);
}

NATIVE(jint, Pidfd, getFd0)(JNIEnv *env, jclass class, jint pidfd, jint target) {
    (void)env;
    (void)class;
    return (jint)sys_call(SYS_pidfd_getfd, pidfd, target, 0, 0, 0, 0);
}
