// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.tools.report.Browser;
import io.github.spawn4j.tools.report.Report;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code report} writes a page that a browser can draw. Of next to nothing, as no number is looked
 * at; in a JVM of its own, since NuProcess makes its JVM ignore SIGPIPE.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportCommandTest extends ToolsTest {
    private static final String DARK = "--blink-settings=preferredColorScheme=0";
    private static final String NARROW = "--window-size=400,800";

    private Path directory;
    private Path html;
    private Path json;
    private JsonObject document;

    @BeforeAll
    void report(@TempDir Path temporary) throws Exception {
        directory = temporary;
        html = directory.resolve("report.html");
        json = directory.resolve("report.json");
        Run run =
                runApart(
                        List.of("-XX:TieredStopAtLevel=1"),
                        "report",
                        "--sample",
                        "--html",
                        html.toString(),
                        "--json",
                        json.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(html + "\n" + json + "\n");
        document = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    }

    private List<JsonObject> figures() {
        List<JsonObject> figures = new ArrayList<>();
        for (JsonElement figure : document.getAsJsonArray("figures")) {
            figures.add(figure.getAsJsonObject());
        }
        return figures;
    }

    @Test
    void tellsWhereItWasMadeAndWhatCouldMislead() {
        assertThat(document.keySet())
                .containsExactly(
                        "began",
                        "command",
                        "versions",
                        "machine",
                        "warnings",
                        "leftOut",
                        "figures");
        assertThat(document.getAsJsonArray("leftOut"))
                .allSatisfy(remark -> assertThat(remark.getAsString()).startsWith("left out: "));
        assertThat(document.getAsJsonObject("versions").get("nuprocess").getAsString())
                .matches("\\d+(\\.\\d+)+");
    }

    @Test
    void comparesAllPeersOrSaysWhichCannotBe() {
        List<String> named = new ArrayList<>();
        figures()
                .get(0)
                .getAsJsonArray("series")
                .forEach(each -> named.add(each.getAsJsonObject().get("name").getAsString()));
        document.getAsJsonArray("leftOut")
                .forEach(remark -> named.add(remark.getAsString().split(": ")[1]));
        assertThat(named)
                .contains(
                        "jdk",
                        Runtime.version().feature() == 25 ? "jdk-17" : "jdk-25",
                        "nuprocess",
                        "zt-exec",
                        "commons-exec",
                        "pty4j",
                        "smallrye",
                        "spawn4j-template",
                        "floor");
    }

    @Test
    void hasAllFiguresWithUnitsAndSentences() {
        assertThat(figures())
                .extracting(figure -> figure.get("id").getAsString())
                .containsExactly(
                        "distributions",
                        "ratios",
                        "cpu",
                        "processors",
                        "files",
                        "memory",
                        "threads",
                        "agent-tools",
                        "agent-tools-cpu",
                        "exits",
                        "live-threads",
                        "live-memory",
                        "output",
                        "cold");
        assertThat(figures())
                .allSatisfy(
                        figure -> {
                            assertThat(figure.get("meaning").getAsString()).endsWith(".");
                            assertThat(figure.get("explanation").getAsString()).endsWith(".");
                            assertThat(figure.get("spread").getAsString())
                                    .isIn("CONFIDENCE", "RANGE", "NONE");
                            assertThat(figure.getAsJsonObject("y").get("label").getAsString())
                                    .isNotEmpty();
                            JsonArray series = figure.getAsJsonArray("series");
                            assertThat(series).isNotEmpty();
                            assertThat(series).allSatisfy(ReportCommandTest::checkSeries);
                        });
    }

    private static void checkSeries(JsonElement series) {
        JsonArray points = series.getAsJsonObject().getAsJsonArray("points");
        assertThat(points).isNotEmpty();
        for (JsonElement point : points) {
            assertThat(point.getAsJsonObject().keySet())
                    .containsExactly("x", "y", "low", "high", "samples");
        }
    }

    @Test
    void isTheSameWhenItIsReadBack() throws Exception {
        String written = Files.readString(json);
        assertThat(Report.read(json).json() + "\n").isEqualTo(written);

        Path again = directory.resolve("again.html");
        Run run = run("report", "--from", json.toString(), "--html", again.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(again).hasSameTextualContentAs(html);
    }

    /** Others may come before, of what is left out here. */
    private static void readUntil(BufferedReader err, String beginning) throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            lines.add(err.readLine());
            assertThat(lines).as("until " + beginning).doesNotContainNull();
        } while (!lines.get(lines.size() - 1).startsWith(beginning));
    }

    @Test
    void keepsWhatItHasMeasuredWhenItIsInterrupted(@TempDir Path other) throws Exception {
        Path page = other.resolve("page.html");
        Path numbers = other.resolve("numbers.json");
        try (StuckTool grep = new StuckTool(other, "grep")) { // so that tools surely last
            PidfdProcess report =
                    startApartWithPath(
                            grep.searchPath(),
                            "report",
                            "--sample",
                            "--only",
                            "threads,tools",
                            "--html",
                            page.toString(),
                            "--json",
                            numbers.toString());
            BufferedReader err = report.errorReader();
            readUntil(err, "1 of 2: threads");
            readUntil(err, "2 of 2: tools");

            report.signal(Signal.INT);

            assertThat(report.awaitExit(Duration.ofSeconds(60))).isPresent();
            readUntil(err, "interrupted; what was measured");
        }
        assertThat(page).isNotEmptyFile();
        Report kept = Report.read(numbers);
        assertThat(kept.plot("threads")).isPresent();
        assertThat(kept.leftOut()).last().asString().endsWith("the report was interrupted");
        assertThat(kept.command())
                .isEqualTo(
                        "java -jar target/spawn4j-tools.jar report --sample --only threads,tools");
    }

    @Test
    void saysWhatHasEndedItIfItWasNoInterruptionOfTheProgram(@TempDir Path other) {
        Thread.currentThread().interrupt();
        Run run =
                run(
                        "report",
                        "--sample",
                        "--only",
                        "threads",
                        "--html",
                        other.resolve("page.html").toString(),
                        "--json",
                        other.resolve("numbers.json").toString());

        assertThat(Thread.interrupted()).as("taken by who was waiting").isFalse();
        assertThat(run.exitCode()).isPositive();
        assertThat(run.err().lines())
                .contains("ended by java.lang.InterruptedException before anything was measured");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "report --only nope,starts | --only can be starts, processors, ",
                "report --html /no/such/page.html | there is no directory '/no/such'",
                "report --json / | '/' is a directory",
                "exits --html /no/such/page.html | there is no directory '/no/such'",
                "report --from /no/such | /no/such: no such file",
                "warm --programs true,nope | --programs can be true, "
            })
    void refusesWhatCannotBeBeforeItMeasures(String options, String message) {
        Run run = run(options.split(" "));

        assertThat(run.exitCode()).isPositive();
        assertThat(run.err()).contains(message);
    }

    @Test
    void agreementOfWhatIsNoReportIsNeitherYesNorNo() {
        Run run = run("agree", json.toString(), "/no/such");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("/no/such: no such file");
    }

    @Test
    void agreesWithItself() {
        Run run = run("agree", json.toString(), json.toString());
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out().lines()).anyMatch(line -> line.matches("ratios +\\d+ +0"));
        assertThat(run.out()).contains("\nYes, the two agree: 0 of ").doesNotContain("Mind that");
    }

    @Test
    void disagreesWithAReportOfAnotherMachineWhereAllIsSlower() throws Exception {
        JsonObject slower = document.deepCopy();
        slower.getAsJsonObject("machine").addProperty("kernel", "5.4.0");
        for (JsonElement figure : slower.getAsJsonArray("figures")) {
            for (JsonElement series : figure.getAsJsonObject().getAsJsonArray("series")) {
                series.getAsJsonObject()
                        .getAsJsonArray("points")
                        .forEach(point -> makeTenTimesAsLarge(point.getAsJsonObject()));
            }
        }
        Path other = directory.resolve("slower.json");
        Files.writeString(other, slower.toString());

        Run run = run("agree", json.toString(), other.toString());

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.out())
                .contains("\nNo, the two do not agree: ", "\nMind that kernel was ", "second: ");
    }

    private static void makeTenTimesAsLarge(JsonObject point) {
        for (String end : List.of("y", "low", "high")) {
            if (!point.get(end).isJsonNull()) {
                point.addProperty(end, 10 * point.get(end).getAsDouble());
            }
        }
    }

    @Test
    void fillsTheBlocksOfDocuments() throws Exception {
        Path document = directory.resolve("page.md");
        String blocks =
                Stream.concat(Stream.of("machine", "mind", "numbers", "peers"), ids())
                        .map(
                                name ->
                                        "<!-- report: %s -->\nSTALE\n<!-- end of report -->\n"
                                                .formatted(name))
                        .collect(Collectors.joining("by hand\n"));
        Files.writeString(document, blocks);

        Run run =
                run(
                        "publish",
                        json.toString(),
                        document.toString(),
                        "--pictures",
                        directory.resolve("pictures").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        String text = Files.readString(document);
        assertThat(text)
                .doesNotContain("STALE")
                .contains("by hand\n", "Linux ", "src=\"pictures/files-light.svg\"", "| spawn4j |")
                .contains("% more calls a second", "| 10 % took no longer than |");
    }

    private Stream<String> ids() {
        return figures().stream().map(figure -> figure.get("id").getAsString());
    }

    @Test
    void needsNoNetwork() throws Exception {
        Document page = Jsoup.parse(Files.readString(html));
        assertThat(page.select("[src], link, [href]")).isEmpty();
        assertThat(page.select("style").html()).doesNotContain("url(", "@import");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--window-size=1000,800", DARK, NARROW})
    void isDrawnByABrowserWithEachSeries(String option) throws Exception {
        Optional<Browser> browser = Browser.find();
        assumeTrue(browser.isPresent(), "no Chromium is installed (package chromium)");

        String drawn =
                browser.orElseThrow()
                        .open(directory.resolve("profile"), html.toUri().toString(), option);

        Document page = Jsoup.parse(drawn);
        for (JsonObject figure : figures()) {
            Element svg = page.selectFirst("#" + figure.get("id").getAsString() + " svg");
            assertThat(svg).isNotNull();
            checkDrawn(figure, svg);
        }
    }

    /** Each series has its name in the legend, if there are several, and its colour in a shape. */
    private static void checkDrawn(JsonObject figure, Element svg) {
        List<String> texts = svg.select("text").eachText();
        assertThat(texts).contains(figure.getAsJsonObject("y").get("label").getAsString());
        JsonArray series = figure.getAsJsonArray("series");
        int points = 0;
        for (JsonElement each : series) {
            points += each.getAsJsonObject().getAsJsonArray("points").size();
            if (series.size() > 1) {
                assertThat(texts).contains(each.getAsJsonObject().get("name").getAsString());
            }
        }
        boolean bars = figure.get("shape").getAsString().equals("BARS");
        assertThat(svg.select("path[fill]:not([fill=none]), path[stroke]"))
                .as(figure.get("id").getAsString())
                .hasSizeGreaterThanOrEqualTo(bars ? points : series.size());
    }
}
