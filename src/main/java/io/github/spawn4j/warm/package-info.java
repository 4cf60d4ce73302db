// SPDX-License-Identifier: Apache-2.0
/**
 * Programs that are kept loaded, so that they start sooner. A helper process has executed and
 * linked the program ahead of time, and each start is a clone of it.
 *
 * <p>{@link io.github.spawn4j.warm.Warm} is the setting of a template or of a cache of templates.
 * {@link io.github.spawn4j.warm.StartKind} says how a process was started, and {@link
 * io.github.spawn4j.warm.ColdReason} why a start was not warm. {@code docs/warm.md} says for which
 * programs it pays.
 *
 * <pre>{@code
 * try (SpawnTemplate git = SpawnTemplate.builder("git").warm(Warm.on()).build()) {
 *   System.out.println(git.spawn("--version").startedAs());
 *   System.out.println(git.statistics().coldStarts());
 * }
 * }</pre>
 */
@NullMarked
package io.github.spawn4j.warm;

import org.jspecify.annotations.NullMarked;
