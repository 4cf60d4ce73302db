// SPDX-License-Identifier: Apache-2.0
/**
 * Our ends of a child's standard streams.
 *
 * <p>It has two entrances. A user who reads and writes has {@link
 * io.github.spawn4j.internal.streams.PipeInput} and {@link
 * io.github.spawn4j.internal.streams.PipeOutput}, which wait as {@link
 * io.github.spawn4j.internal.streams.PipeEnd} does. A run, for which nobody waits, has {@link
 * io.github.spawn4j.internal.streams.Drain} for an output and {@link
 * io.github.spawn4j.internal.streams.Feed} or {@link io.github.spawn4j.internal.streams.Pump} for
 * the input. {@link io.github.spawn4j.internal.streams.Terminal} stands in the place of the pipes.
 *
 * <p>It knows {@code internal.child}, {@code internal.loop} and {@code internal.os}.
 */
package io.github.spawn4j.internal.streams;
