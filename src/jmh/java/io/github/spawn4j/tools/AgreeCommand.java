// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Agreement;
import io.github.spawn4j.tools.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two reports. */
@Command(
        name = "agree",
        description = {
            "Says whether two reports, by their JSON, agree within their intervals, figure by"
                    + " figure, and names the points that do not.",
            "Points agree if their 95 %% intervals overlap; those whose spread is that of single"
                    + " measurements, if the median of each lies in the spread of the other. The exit"
                    + " code is 1 if any differ."
        })
final class AgreeCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Parameters(index = "0", paramLabel = "FIRST", description = "The JSON of a report.")
    Path first;

    @Parameters(index = "1", paramLabel = "SECOND", description = "That of another one.")
    Path second;

    @Override
    public Integer call() throws IOException {
        List<Agreement> agreements = Agreement.of(Report.read(first), Report.read(second));
        Table table = new Table("lrr").row("figure", "points", "differ");
        agreements.forEach(
                each ->
                        table.row(
                                each.id(),
                                Integer.toString(each.points()),
                                Integer.toString(each.differences().size())));
        PrintWriter out = spec.commandLine().getOut();
        out.print(table);
        agreements.forEach(
                each -> each.differences().forEach(line -> out.println(each.id() + ": " + line)));
        out.flush();
        return agreements.stream().allMatch(each -> each.differences().isEmpty()) ? 0 : 1;
    }
}
