// SPDX-License-Identifier: Apache-2.0
/**
 * The operating system and the JVM, as far as the library needs them: all native methods, threads,
 * the log, and faults for tests.
 *
 * <p>Each class is an entrance of its own, named after what it wraps: {@link
 * io.github.spawn4j.internal.os.Pidfd}, {@link io.github.spawn4j.internal.os.Epoll}, {@link
 * io.github.spawn4j.internal.os.Io}. A system call that fails is an {@link
 * io.github.spawn4j.internal.os.ErrnoException}.
 *
 * <p>It knows no other package of the library; all others know it.
 */
package io.github.spawn4j.internal.os;
