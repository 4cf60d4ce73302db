// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** {@code --json}, of all commands that measure. */
final class JsonOption {
    @Option(names = "--json", description = "Prints JSON instead of tables.")
    boolean wanted;

    /** Prints one of the two. */
    void print(PrintWriter out, Supplier<Map<String, Object>> document, Supplier<String> tables) {
        out.print(wanted ? Json.write(document.get()) + "\n" : tables.get());
        out.flush();
    }
}
