package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.spawn4j.tools.report.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    private JsonObject document;

    @BeforeAll
    void report(@TempDir Path temporary) throws Exception {
        directory = temporary;
        html = directory.resolve("report.html");
        Path json = directory.resolve("report.json");
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
                        "versions",
                        "command",
                        "machine",
                        "warnings",
                        "leftOut",
                        "figures");
        assertThat(document.getAsJsonArray("leftOut")).isEmpty();
        assertThat(document.getAsJsonObject("versions").get("nuprocess").getAsString())
                .matches("\\d+(\\.\\d+)+");
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
                        "exits",
                        "live-threads",
                        "live-memory",
                        "output",
                        "cold");
        assertThat(figures())
                .allSatisfy(
                        figure -> {
                            assertThat(figure.get("meaning").getAsString()).endsWith(".");
                            assertThat(figure.get("spread").getAsString()).endsWith(".");
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
