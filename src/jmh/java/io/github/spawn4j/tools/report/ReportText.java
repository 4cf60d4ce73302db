// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as Markdown, block by block. */
public final class ReportText {
    private final Report report;
    private final String pictures;

    /**
     * @param pictures where the document finds them
     */
    public ReportText(Report report, String pictures) {
        this.report = report;
        this.pictures = pictures;
    }

    /**
     * The text of a block.
     *
     * @throws IOException if there is none with this name
     */
    public String block(String name) throws IOException {
        switch (name) {
            case "machine":
                return machine();
            case "mind":
                return mind();
            case "numbers":
                return Picture.of(pictures, plot("files")) + "\n\n" + new KeyNumbers(report).text();
            case "peers":
                return new PeersTable(report).text();
            default:
                return figure(plot(name));
        }
    }

    private Plot plot(String id) throws IOException {
        return report.plot(id)
                .orElseThrow(() -> new IOException("the report has no figure '" + id + "'"));
    }

    private String machine() {
        Map<String, Object> facts = report.machine();
        String versions =
                report.versions().entrySet().stream()
                        .map(version -> version.getKey() + " " + version.getValue())
                        .collect(Collectors.joining(", "));
        return Paragraph.wrap(
                String.format(
                        "Measured %s: %s, %s processors%s, governor %s; Linux %s, %s; JDK %s; %s. Load before"
                                + " it began %s, time stolen by the hypervisor %s %%.",
                        report.began(),
                        facts.get("processor"),
                        facts.get("processors"),
                        Boolean.TRUE.equals(facts.get("virtual")) ? " of a virtual machine" : "",
                        facts.get("governor"),
                        facts.get("kernel"),
                        facts.get("libc"),
                        facts.get("jdk"),
                        versions,
                        facts.get("loadBefore"),
                        facts.get("stolenPercent")));
    }

    private String mind() {
        List<String> lines = new ArrayList<>();
        report.warnings()
                .forEach(warning -> lines.add(Paragraph.wrap("- Mind that " + warning + ".")));
        report.leftOut().forEach(remark -> lines.add(Paragraph.wrap("- " + remark + ".")));
        return lines.isEmpty() ? "- Nothing was left out." : String.join("\n", lines);
    }

    private String figure(Plot plot) {
        return String.join(
                "\n\n",
                "### " + plot.title(),
                Paragraph.wrap(plot.meaning()),
                Picture.of(pictures, plot),
                PlotTable.of(plot),
                Paragraph.wrap(plot.explanation()));
    }
}
