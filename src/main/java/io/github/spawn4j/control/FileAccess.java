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
 * The files that a process may open, execute, make and remove; see landlock(7). All others are
 * denied. The permissions of the files hold as well. Immutable.
 *
 * <pre>{@code
 * FileAccess access = FileAccess.NONE
 *         .readOnly(Path.of("/usr"), Path.of("/lib"), Path.of("/lib64"), Path.of("/etc"))
 *         .readWrite(scratch)
 *         .devices();
 * PidfdProcess.builder("python3", "script.py").fileAccess(access).start();
 * }</pre>
 *
 * <p>A program has to be able to read its own file, its interpreter and its libraries; else exec
 * fails with EACCES, or the dynamic linker fails. Files that are open already, such as the standard
 * streams, and sockets are not covered. Nor are permissions, owners and times: the owner of a file
 * can still change them.
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
     * Adds files that may be read and executed; a directory stands for all below it.
     *
     * @param paths the paths, which must exist at the start; relative ones start at the child's
     *     directory
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
     * Adds files that may be used in every way; a directory stands for all below it.
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
     * Adds the devices that every program may use, as far as they exist: null, zero, full, random,
     * urandom and tty of {@code /dev}.
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
