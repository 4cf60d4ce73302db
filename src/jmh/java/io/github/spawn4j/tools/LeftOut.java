// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.util.Map;

/** Tools that are not installed, and what to install, as Debian calls it. */
final class LeftOut {
    private static final Map<String, String> PACKAGES =
            Map.of(
                    "rg", "ripgrep",
                    "awk", "mawk",
                    "cat", "coreutils",
                    "head", "coreutils",
                    "tail", "coreutils",
                    "stat", "coreutils",
                    "ls", "coreutils",
                    "find", "findutils",
                    "node", "nodejs",
                    "sh", "dash");

    private LeftOut() {}

    static String inWords(String tool) {
        return "left out: "
                + tool
                + " (not installed; package "
                + PACKAGES.getOrDefault(tool, tool)
                + ")";
    }
}
