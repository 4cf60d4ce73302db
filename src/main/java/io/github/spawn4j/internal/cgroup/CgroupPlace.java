// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where in the tree of cgroups (version 2) this JVM is, and where it may make others. */
public final class CgroupPlace {
    private static final Path SELF = Path.of("/proc/self");

    /** Where the file system is mounted, and the directory of the JVM's own cgroup below that. */
    private record Tree(Path mount, Path own) {}

    private CgroupPlace() {}

    /**
     * The directory of the cgroup that the JVM is in.
     *
     * @throws IOException that says what is missing
     */
    public static Path own() throws IOException {
        return tree().own;
    }

    /**
     * The nearest cgroup, from the JVM's own upwards, below which this user may make others that
     * can be given limits; or, where there is none, the nearest below which the user may make any.
     *
     * @throws IOException that says what is missing
     */
    public static Path delegated() throws IOException {
        Tree tree = tree();
        Path withoutLimits = null;
        for (Path place = tree.own; place.startsWith(tree.mount); place = place.getParent()) {
            if (Files.isWritable(place) && Files.isWritable(place.resolve("cgroup.procs"))) {
                if (handsOn(place, tree.mount)) {
                    return place;
                }
                withoutLimits = withoutLimits == null ? place : withoutLimits;
            }
        }
        if (withoutLimits == null) {
            throw new IOException(
                    "no cgroup is delegated to this user: neither "
                            + tree.own
                            + " nor one above it up to "
                            + tree.mount
                            + " may be written to (systemd: Delegate=yes; containers: mount it"
                            + " read-write)");
        }
        return withoutLimits;
    }

    /** Processes of its own keep a cgroup from handing controllers on, unless it is the root. */
    private static boolean handsOn(Path place, Path mount) throws IOException {
        CgroupFiles files = new CgroupFiles(place);
        boolean isRoot = place.equals(mount) && !files.has("cgroup.type");
        return isRoot || files.read("cgroup.procs").isEmpty();
    }

    private static Tree tree() throws IOException {
        for (String line : lines("mountinfo")) {
            if (line.contains(" - cgroup2 ")) {
                String[] fields = line.split(" ", 6);
                return tree(Path.of(unescaped(fields[3])), Path.of(unescaped(fields[4])));
            }
        }
        throw new IOException("no cgroup2 file system is mounted");
    }

    private static Tree tree(Path root, Path mount) throws IOException {
        for (String line : lines("cgroup")) {
            if (line.startsWith("0::")) {
                Path own = Path.of(line.substring("0::".length()));
                if (!own.startsWith(root) || own.startsWith("/..")) {
                    throw new IOException(
                            "the JVM's cgroup "
                                    + own
                                    + " is not below "
                                    + root
                                    + ", which is what is mounted at "
                                    + mount);
                }
                return new Tree(mount, mount.resolve(root.relativize(own)).normalize());
            }
        }
        throw new IOException("/proc/self/cgroup names no cgroup of version 2");
    }

    private static List<String> lines(String file) throws IOException {
        return Files.readAllLines(SELF.resolve(file), StandardCharsets.UTF_8);
    }

    /** As mountinfo has it: white space and backslashes as {@code \\ooo}. */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
