// SPDX-License-Identifier: Apache-2.0
/**
 * Starts processes, talks to them and ends them: what everyday use needs.
 *
 * <p>Begin with {@link io.github.spawn4j.PidfdProcess#builder}. It gives an {@link
 * io.github.spawn4j.EmptyProcess}, which is configured and then started, or run to its end. A
 * program that is started again and again has a {@link io.github.spawn4j.SpawnTemplate}.
 *
 * <pre>{@code
 * CommandResult result = PidfdProcess.builder("git", "status", "--short")
 *     .directory(repository)
 *     .run(RunOptions.timeout(Duration.ofSeconds(5)));
 * result.stdout().lines().forEach(System.out::println);
 * }</pre>
 *
 * <p>Other packages hold what fewer users need:
 *
 * <ul>
 *   <li>{@link io.github.spawn4j.control}: what a child may have and do, cgroups, and all processes
 *       that come of a child;
 *   <li>{@link io.github.spawn4j.warm}: programs that are kept loaded, so that they start sooner;
 *   <li>{@link io.github.spawn4j.strict}: the steps of a child one by one, posix_spawn(3), and the
 *       kernel's proposals to the letter.
 * </ul>
 *
 * <h2>The native library</h2>
 *
 * <p>The jar holds it for Linux on x86-64 and aarch64, with glibc 2.17 or musl 1.1.24 and newer. At
 * the first use it is copied to a directory that only this user may enter, loaded and deleted at
 * once. Where that is not possible {@link SpawnStrategy#JDK} does what it can; all else is refused
 * by a {@link SpawnException}, or by an {@link UnsupportedOperationException} where no process is
 * started, whose message says why, and what to do. The next use tries again. Two system properties
 * are read:
 *
 * <dl>
 *   <dt>{@code io.github.spawn4j.workdir}
 *   <dd>the directory to copy it to, if not {@code java.io.tmpdir}, {@code /dev/shm} or {@code
 *       ~/.cache/spawn4j}, whichever is the first where files can be made and executed;
 *   <dt>{@code io.github.spawn4j.library}
 *   <dd>a library file to load instead, which stays.
 * </dl>
 *
 * <p>A tool that gives the library's classes another package (maven-shade-plugin with a relocation)
 * changes these names in the same way: {@code app.spawn4j.workdir}.
 */
@NullMarked
package io.github.spawn4j;

import org.jspecify.annotations.NullMarked;
