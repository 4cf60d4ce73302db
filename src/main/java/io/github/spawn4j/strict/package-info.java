// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's and POSIX's language, to the letter. For everyday use there is {@link
 * io.github.spawn4j}; this package is for code that is written for one of these interfaces, and to
 * try a proposal on a kernel that does not have it.
 *
 * <table>
 * <caption>What is here</caption>
 * <tr><th>Type</th><th>It speaks</th><th>Use it to</th></tr>
 * <tr><td>{@link io.github.spawn4j.strict.SpawnAction}</td>
 *     <td>dup2(2), openat2(2), close_range(2) ...</td>
 *     <td>have a child take single steps before it executes its program</td></tr>
 * <tr><td>{@link io.github.spawn4j.strict.PosixSpawn}</td>
 *     <td>posix_spawn(3) of POSIX and glibc</td>
 *     <td>carry C code over line by line</td></tr>
 * <tr><td>{@link io.github.spawn4j.strict.StrictSpawnTemplate}</td>
 *     <td>the spawn template proposal of May 2026</td>
 *     <td>try that proposal, with its checks and error numbers</td></tr>
 * <tr><td>{@link io.github.spawn4j.strict.StrictPidfdBuilder}</td>
 *     <td>the pidfd builder proposal of July 2026</td>
 *     <td>try that proposal</td></tr>
 * </table>
 *
 * <p>Only actions belong to an everyday process as well: {@link
 * io.github.spawn4j.EmptyProcess#action} takes them. The other three start processes by themselves,
 * and give a {@link io.github.spawn4j.PidfdProcess} like any other.
 *
 * <pre>{@code
 * // C: posix_spawn_file_actions_adddup2(&actions, 7, 1); posix_spawnp(&pid, "ls", &actions, ...);
 * PidfdProcess ls = PosixSpawn.posix_spawnp(
 *     "ls", new PosixSpawn.FileActions().adddup2(7, 1), null, List.of("ls", "-l"), System.getenv());
 * }</pre>
 *
 * <p>What differs from the everyday package:
 *
 * <ul>
 *   <li>Methods, constants and fields have the names that C gives them, and numbers are the
 *       kernel's: descriptors, flags of open(2), sets of signals.
 *   <li>What is not said is inherited, as in C: standard streams, descriptors that are not
 *       close-on-exec, the signal mask. An everyday child has pipes, no other descriptor and an
 *       empty mask.
 *   <li>Arguments are checked in the order of the proposal and refused with its error numbers, in a
 *       {@link io.github.spawn4j.SpawnException}.
 *   <li>A child of a strict template that cannot execute its program has started all the same: it
 *       exits with 127, 126 or 1.
 * </ul>
 *
 * <p>The proposals may change, and these types with them. {@code docs/proposal.md} compares them
 * with the kernel's row by row.
 */
@NullMarked
package io.github.spawn4j.strict;

import org.jspecify.annotations.NullMarked;
