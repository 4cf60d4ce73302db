// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import io.github.spawn4j.internal.launch.Attribute;
import io.github.spawn4j.internal.launch.PathRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Which files a process may open, execute, make and remove, whatever their permissions are; see
 * landlock(7). What is not named it may not. Immutable.
 *
 * <pre>{@code
 * FileAccess access = FileAccess.NONE
 *         .readOnly(Path.of("/usr"), Path.of("/lib"), Path.of("/lib64"), Path.of("/etc"))
 *         .readWrite(scratch)
 *         .devices();
 * PidfdProcess.builder("python3", "script.py").fileAccess(access).start();
 * }</pre>
 *
 * <p>A program needs to read itself, its interpreter and its libraries; without, exec fails with
 * EACCES, or the dynamic linker does. Not covered are files that are open already, such as the
 * standard streams; permissions, owners and times of files, which their owner can still change; and
 * sockets.
 */
public final class FileAccess {
    /** No file at all. */
    public static final FileAccess NONE = new FileAccess(List.of());

    private final List<Consumer<PathRules>> rules;

    private FileAccess(List<Consumer<PathRules>> rules) {
        this.rules = rules;
    }

    private FileAccess plus(Consumer<PathRules> rule) {
        List<Consumer<PathRules>> more = new ArrayList<>(rules);
        more.add(rule);
        return new FileAccess(more);
    }

    /**
     * The same and these files, or directories with all below them, to be read and executed.
     *
     * @param paths the paths, which must be there at the start; a relative one counts from the
     *     child's directory
     * @return the access
     */
    public FileAccess readOnly(Path... paths) {
        FileAccess access = this;
        for (Path path : paths) {
            Objects.requireNonNull(path, "path");
            access = access.plus(rules -> rules.read(path));
        }
        return access;
    }

    /**
     * The same and these files, or directories with all below them, for everything.
     *
     * @param paths as for {@link #readOnly}
     * @return the access
     */
    public FileAccess readWrite(Path... paths) {
        FileAccess access = this;
        for (Path path : paths) {
            Objects.requireNonNull(path, "path");
            access = access.plus(rules -> rules.write(path));
        }
        return access;
    }

    /**
     * The same and the devices that every program may use, as far as they are there: null, zero,
     * full, random, urandom and tty of {@code /dev}.
     *
     * @return the access
     */
    public FileAccess devices() {
        return plus(PathRules::devices);
    }

    Attribute attribute() {
        PathRules all = new PathRules();
        rules.forEach(rule -> rule.accept(all));
        return all.attribute();
    }
}
