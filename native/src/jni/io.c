// SPDX-License-Identifier: Apache-2.0
/* Descriptors: reading, writing, and waiting for them. */
#include "io.h"
#include "jni/native.h"
#include "slot.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

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
