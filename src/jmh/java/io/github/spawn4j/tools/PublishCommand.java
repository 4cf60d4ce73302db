// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Blocks;
import io.github.spawn4j.tools.report.Report;
import io.github.spawn4j.tools.report.ReportText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the numbers of a report into documents. */
@Command(
        name = "publish",
        description = {
            "Writes the numbers of a report into Markdown documents: what stands between"
                    + " \"<!-- report: NAME -->\" and \"<!-- end of report -->\" becomes what the"
                    + " report has measured.",
            "NAME is machine, mind (what could mislead), numbers (three of them, and where nothing"
                    + " is gained), peers (a table of all that were compared), or the id of a figure."
                    + " A document with another name is refused."
        })
final class PublishCommand implements Callable<Integer> {
    @Mixin HelpOption help;

    @Option(
            names = "--pictures",
            paramLabel = "DIRECTORY",
            required = true,
            description = "Where the documents find the pictures that pictures.sh has made.")
    Path pictures;

    @Parameters(index = "0", paramLabel = "REPORT", description = "The JSON of a report.")
    Path json;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "DOCUMENT", description = "Changed.")
    List<Path> documents;

    @Override
    public Integer call() throws IOException {
        Report report = Report.read(json);
        for (Path document : documents) {
            Path directory = document.toAbsolutePath().getParent();
            String relative = directory.relativize(pictures.toAbsolutePath()).toString();
            ReportText text = new ReportText(report, relative);
            Files.writeString(document, Blocks.fill(Files.readString(document), text::block));
        }
        return 0;
    }
}
