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
 */
@NullMarked
package io.github.spawn4j;

import org.jspecify.annotations.NullMarked;
