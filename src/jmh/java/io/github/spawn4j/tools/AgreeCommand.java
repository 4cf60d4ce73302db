// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Agreement;
import io.github.spawn4j.tools.report.Report;
import io.github.spawn4j.tools.report.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two reports. */
@Command(
        name = "agree",
        description = {
            "Says whether two reports, by their JSON, agree within their intervals: yes or no, and"
                    + " figure by figure which points differ.",
            "Points agree if their 95 %% intervals overlap; those whose spread is that of single"
                    + " measurements, if the median of each lies in the spread of the other. Some"
                    + " points differ by chance, so the answer is no, and the exit code 1, only if"
                    + " more do than intervals of 95 %% leave to it (a binomial test). It is 2 if"
                    + " one of the two cannot be read."
        })
final class AgreeCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Parameters(index = "0", paramLabel = "FIRST", description = "The JSON of a report.")
    Path first;

    @Parameters(index = "1", paramLabel = "SECOND", description = "That of another one.")
    Path second;

    @Override
    public Integer call() {
        Report one = read(first);
        Report other = read(second);
        List<Agreement> agreements = Agreement.of(one, other);
        Verdict verdict = Verdict.of(agreements);
        PrintWriter out = spec.commandLine().getOut();
        out.print(table(agreements));
        agreements.forEach(
                each -> each.differences().forEach(line -> out.println(each.id() + ": " + line)));
        out.println("first: " + one.weather() + "; second: " + other.weather());
        one.unlike(other).forEach(line -> out.println("Mind that " + line + "."));
        out.println(verdict);
        out.flush();
        return verdict.isYes() ? 0 : 1;
    }

    /** A report that cannot be read is no answer: the exit code says so. */
    private Report read(Path json) {
        try {
            return Report.read(json);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), Main.text(e), e);
        }
    }

    private static Table table(List<Agreement> agreements) {
        Table table = new Table("lrr").row("figure", "points", "differ");
        agreements.forEach(
                each ->
                        table.row(
                                each.id(),
                                Integer.toString(each.points()),
                                Integer.toString(each.differences().size())));
        return table;
    }
}
