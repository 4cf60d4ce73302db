// SPDX-License-Identifier: Apache-2.0
/**
 * Control over a child: what it may have and do, and what becomes of all processes that it starts.
 *
 * <p>Limits, priorities, capabilities, namespaces and files are values that the methods of {@link
 * io.github.spawn4j.EmptyProcess} take: {@link io.github.spawn4j.control.Resource} with {@code
 * limit}, {@link io.github.spawn4j.control.FileAccess} with {@code fileAccess}. {@code
 * docs/attributes.md} lists them all. A {@link io.github.spawn4j.control.Cgroup} limits, measures
 * and ends many processes together; a {@link io.github.spawn4j.control.ProcessTree} is a process
 * together with all that it has started.
 *
 * <pre>{@code
 * try (Cgroup cgroup = Cgroup.create().memoryMax(512 << 20).pidsMax(100)) {
 *   PidfdProcess.builder("make", "-j4")
 *       .cgroup(cgroup)
 *       .limit(Resource.CORE, 0)
 *       .namespaces(Namespace.NETWORK)
 *       .run(RunOptions.timeout(Duration.ofMinutes(5)).leaveNobody());
 * }
 * }</pre>
 */
@NullMarked
package io.github.spawn4j.control;

import org.jspecify.annotations.NullMarked;
