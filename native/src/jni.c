// SPDX-License-Identifier: Apache-2.0
/* The boundary to Java. It takes no decisions: it fetches memory, calls, and hands back >= 0 or
 * -errno. */
#include <jni.h>

#include "account.h"
#include "authority.h"
#include "constants.h"
#include "foreground.h"
#include "holder.h"
#include "identity.h"
#include "io.h"
#include "kept.h"
#include "probe.h"
#include "program.h"
#include "pty.h"
#include "relocated.h"
#include "slot.h"
#include "spawn.h"
#include "sys.h"
#include "timeslice.h"
#include "wait.h"
#include "warm/calls.h"
#include "warm/ended.h"
#include "warm/trial.h"
#include "warm/warm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define NATIVE(type, class, name)                                                                  \
    JNIEXPORT type JNICALL Java_io_github_spawn4j_internal_os_##class##_##name

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

/* Accounts */

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

/* Threads */

NATIVE(jboolean, Threads, hasChildren0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return wait_has_children();
}

/* Spawn */

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
    return spawn_kills_at_birth();
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

/* Pidfd */

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

/* Io */

NATIVE(jint, Io, close0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    slot_forget(fd);
    return sys_close(fd);
}

NATIVE(jlong, Io, pipe0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    int ends[2];
    int result = sys_pipe2(ends, O_CLOEXEC);
    return result < 0 ? result : (jlong)ends[0] << 32 | ends[1];
}

NATIVE(jint, Io, own0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return io_own(fd);
}

NATIVE(jint, Io, isOwn0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return io_is_own(fd);
}

NATIVE(jint, Io, unblocked0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    int duplicate = sys_fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return duplicate < 0 ? duplicate : io_unblock(duplicate);
}

NATIVE(jint, Io, duplicate0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return sys_fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Bytes on their way between an array and the kernel: a copy, and not the array itself, which the
 * collector could not move meanwhile. A descriptor that does not block has a lock all the same, and
 * a child that waits for a page of what it writes (from swap, FUSE, userfaultfd) holds it for as
 * long as that takes. */
struct copy {
    jbyte *bytes; /* `few`, or memory that is to be freed */
    jint size;
    jbyte few[8192];
};

#define COPY_MAX 65536

/* Makes room for `length` bytes, or for fewer if there are more than fit or there is no memory. */
static void copy_begin(struct copy *copy, jint length) {
    copy->size = length < COPY_MAX ? length : COPY_MAX;
    bool is_few = copy->size <= (jint)sizeof copy->few;
    copy->bytes = is_few ? copy->few : malloc((size_t)copy->size);
    if (!copy->bytes) {
        copy->bytes = copy->few;
        copy->size = sizeof copy->few;
    }
}

static void copy_end(struct copy *copy) {
    if (copy->bytes != copy->few) {
        free(copy->bytes);
    }
}

NATIVE(jint, Io, read0)
(JNIEnv *env, jclass class, jint fd, jbyteArray bytes, jint offset, jint length) {
    (void)class;
    struct copy copy;
    copy_begin(&copy, length);
    long result;
    do {
        result = sys_read(fd, copy.bytes, (size_t)copy.size);
    } while (result == -EINTR);
    if (result > 0) {
        (*env)->SetByteArrayRegion(env, bytes, offset, (jsize)result, copy.bytes);
    }
    copy_end(&copy);
    return (jint)result;
}

NATIVE(jint, Io, write0)
(JNIEnv *env, jclass class, jint fd, jbyteArray bytes, jint offset, jint length) {
    (void)class;
    struct copy copy;
    copy_begin(&copy, length);
    (*env)->GetByteArrayRegion(env, bytes, offset, copy.size, copy.bytes);
    long result = io_write(fd, copy.bytes, (size_t)copy.size);
    copy_end(&copy);
    return (jint)result;
}

/* The number of an open java.io.FileDescriptor, or -1. */
static int number_of(JNIEnv *env, jobject descriptor) {
    jclass class = (*env)->GetObjectClass(env, descriptor);
    jfieldID field = (*env)->GetFieldID(env, class, "fd", "I");
    return field ? (*env)->GetIntField(env, descriptor, field) : -1;
}

NATIVE(void, Io, widen0)(JNIEnv *env, jclass class, jint pipe) {
    (void)env;
    (void)class;
    io_widen(pipe);
}

NATIVE(jint, Io, capacity0)(JNIEnv *env, jclass class, jint pipe) {
    (void)env;
    (void)class;
    return io_capacity(pipe);
}

NATIVE(jint, Io, splice0)(JNIEnv *env, jclass class, jint pipe, jobject file) {
    (void)class;
    return io_splice(pipe, number_of(env, file));
}

NATIVE(jint, Io, canSplice0)(JNIEnv *env, jclass class, jobject file) {
    (void)class;
    return io_can_splice(number_of(env, file));
}

NATIVE(jint, Io, available0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return io_available(fd);
}

NATIVE(jint, Io, remaining0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return io_remaining(fd);
}

NATIVE(jint, Io, isOpen0)(JNIEnv *env, jclass class, jint fd) {
    (void)env;
    (void)class;
    return !slot_is_ours(fd) && sys_fcntl(fd, F_GETFD, 0) >= 0;
}

NATIVE(jint, Io, await0)
(JNIEnv *env, jclass class, jint fd, jint events, jint wake, jint timeout_ms) {
    (void)env;
    (void)class;
    return io_wait(fd, (short)events, wake, timeout_ms);
}

NATIVE(jint, Io, eventFd0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return (jint)sys_call(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0, 0, 0, 0);
}

NATIVE(jlong, Io, maxOpenFiles0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return io_max_open_files();
}

NATIVE(void, Io, wake0)(JNIEnv *env, jclass class, jint wake) {
    (void)env;
    (void)class;
    io_wake(wake);
}

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

/* Epoll */

NATIVE(jint, Epoll, eventSize0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return sizeof(struct epoll_event);
}

NATIVE(jint, Epoll, create0)(JNIEnv *env, jclass class) {
    (void)env;
    (void)class;
    return (jint)sys_call(SYS_epoll_create1, EPOLL_CLOEXEC, 0, 0, 0, 0, 0);
}

NATIVE(jint, Epoll, control0)
(JNIEnv *env, jclass class, jint epfd, jint operation, jint fd, jint events, jlong data) {
    (void)env;
    (void)class;
    struct epoll_event event = {.events = (uint32_t)events, .data.u64 = (uint64_t)data};
    return (jint)sys_call(SYS_epoll_ctl, epfd, operation, fd, (long)&event, 0, 0);
}

NATIVE(jint, Epoll, await0)
(JNIEnv *env, jclass class, jint epfd, jobject events, jint capacity, jint timeout_ms) {
    (void)class;
    void *array = (*env)->GetDirectBufferAddress(env, events);
    long result;
    do {
        result = sys_call(SYS_epoll_pwait, epfd, (long)array, capacity, timeout_ms, 0, 0);
    } while (result == -EINTR);
    return (jint)result;
}

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

/* Executable */

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
