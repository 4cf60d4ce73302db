// SPDX-License-Identifier: Apache-2.0
/**
 * A request and its launch: what the native half reads, and what it answers.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.launch.RequestEncoder}, which writes a
 * request in the words of {@link io.github.spawn4j.internal.launch.RequestLayout}. {@link
 * io.github.spawn4j.internal.launch.Outcome} reads what has come of it. {@link
 * io.github.spawn4j.internal.launch.ProgramLookup} finds the program first.
 *
 * <p>It knows nothing but {@code internal.os}: neither the event loop nor a child that runs.
 */
package io.github.spawn4j.internal.launch;
