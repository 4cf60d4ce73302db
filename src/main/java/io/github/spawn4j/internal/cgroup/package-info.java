// SPDX-License-Identifier: Apache-2.0
/**
 * The files of a cgroup (version 2): its processes, its limits, its counts.
 *
 * <p>Its entrance is the directory of a cgroup, as {@link
 * io.github.spawn4j.internal.cgroup.CgroupFiles} and {@link
 * io.github.spawn4j.internal.cgroup.CgroupMembers} take it. The latter is what a teardown reaches.
 *
 * <p>It knows {@code internal.child}, {@code internal.loop} and {@code internal.os}. How a child is
 * born in a cgroup belongs to {@code internal.launch}.
 */
package io.github.spawn4j.internal.cgroup;
