// SPDX-License-Identifier: Apache-2.0
/**
 * The event loop: one thread that waits, with epoll, for everything that the library waits for, and
 * what has to do with time and threads around it.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.loop.Reactor}. A descriptor that it watches
 * has a {@link io.github.spawn4j.internal.loop.Registration}; what is done again until it succeeds
 * is a {@link io.github.spawn4j.internal.loop.Chore}. A {@link
 * io.github.spawn4j.internal.loop.Timer} is for later, an {@link
 * io.github.spawn4j.internal.loop.Errand} for what may wait or call code of the user: {@link
 * io.github.spawn4j.internal.loop.Workers} do it. A thread of the user that waits by itself has a
 * {@link io.github.spawn4j.internal.loop.Readiness} or a {@link
 * io.github.spawn4j.internal.loop.Poll}.
 *
 * <p>It knows nothing but {@code internal.os}, and so neither children nor streams. The rooms for
 * children, streams, teardown and cgroups know it.
 */
package io.github.spawn4j.internal.loop;
