// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Page;
import io.github.spawn4j.tools.report.Plot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --html}, of commands whose results can be drawn. */
final class HtmlOption {
    @Spec(Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            converter = OutputFileConverter.class,
            description = "Also writes a page with figures, which needs no other file.")
    Path file;

    /** Writes it, if it is wanted. */
    void write(Machine machine, List<String> leftOut, List<Plot> plots) throws IOException {
        if (file != null) {
            String line = Main.invocation(command);
            Files.writeString(file, Page.of(machine.report(line, leftOut, plots).json()));
        }
    }
}
