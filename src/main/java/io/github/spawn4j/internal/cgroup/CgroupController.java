// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** Has cgroups (version 2) hand a controller on to those below. */
public final class CgroupController {
    private CgroupController() {}

    /**
     * Makes sure that a cgroup has a controller, which its parent hands on if it has it itself.
     *
     * @throws IOException that says which cgroup does not have it, or does not hand it on, and why
     */
    public static void ensure(Path cgroup, String controller) throws IOException {
        if (has(cgroup, controller)) {
            return;
        }
        Path parent = cgroup.getParent();
        CgroupFiles files = new CgroupFiles(parent);
        if (!files.has("cgroup.controllers")) {
            throw new IOException(
                    "no controller "
                            + controller
                            + " for "
                            + cgroup
                            + ": the kernel has none, it is one of version 1 (/proc/cgroups), or"
                            + " it is not handed on to this tree");
        }
        ensure(parent, controller);
        try {
            files.write("cgroup.subtree_control", "+" + controller);
        } catch (IOException e) {
            throw new IOException(
                    "no controller "
                            + controller
                            + " for "
                            + cgroup
                            + ": "
                            + parent
                            + " has it and does not hand it on ("
                            + e.getMessage()
                            + ")"
                            + hindrance(files),
                    e);
        }
    }

    private static boolean has(Path cgroup, String controller) throws IOException {
        CgroupFiles files = new CgroupFiles(cgroup);
        return files.has("cgroup.controllers") && files.lists("cgroup.controllers", controller);
    }

    private static String hindrance(CgroupFiles parent) throws IOException {
        return parent.read("cgroup.procs").isEmpty()
                ? ""
                : "; processes are in it, perhaps this JVM, which would have to be in a cgroup"
                        + " beside the new one";
    }
}
