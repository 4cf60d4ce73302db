// SPDX-License-Identifier: Apache-2.0
/**
 * A child that runs: its pidfd, its exit, and the process group that it leads.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.child.Child}. What a teardown can reach, one
 * process or many, is a {@link io.github.spawn4j.internal.child.Target}.
 *
 * <p>It knows {@code internal.loop}, which watches, and {@code internal.os}. The rooms for streams,
 * teardown and cgroups know it, and {@code internal.start}.
 */
package io.github.spawn4j.internal.child;
