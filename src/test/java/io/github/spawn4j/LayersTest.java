package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may know of which. */
class LayersTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/spawn4j");

    private static final Pattern API =
            Pattern.compile("\\bio\\.github\\.spawn4j\\.(control\\.|strict\\.|warm\\.)?[A-Z*]");
    private static final Pattern INTERNALS =
            Pattern.compile("\\bio\\.github\\.spawn4j\\.internal\\.(\\w+)");
    private static final Pattern NATIVE = Pattern.compile("\\bnative\\b[^;{]*\\(");
    private static final Pattern COMMENTS =
            Pattern.compile("/\\*.*?\\*/|//[^\n]*|\"(\\\\.|[^\"\\\\])*\"", Pattern.DOTALL);

    private static List<Path> sources(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES.resolve(folder))) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
            assertThat(sources).as("sources in " + folder).isNotEmpty();
            return sources;
        }
    }

    private static String code(Path source) throws IOException {
        return COMMENTS.matcher(Files.readString(source)).replaceAll(" ");
    }

    @Test
    void onlyOneRoomOfTheInternalsKnowsTheApi() throws Exception {
        for (Path source : sources("internal")) {
            if (!source.startsWith(SOURCES.resolve("internal/access"))) {
                assertThat(code(source)).as(source.toString()).doesNotContainPattern(API);
            }
        }
    }

    @Test
    void eachRoomKnowsTheRoomsBelowIt() throws Exception {
        assertKnows("internal/os", "os");
        assertKnows("internal/launch", "launch", "os");
        assertKnows("internal/warm", "warm", "launch", "os");
        assertKnows("internal/loop", "loop", "os");
        assertKnows("internal/child", "child", "loop", "os");
        assertKnows("internal/streams", "streams", "child", "loop", "os");
        assertKnows("internal/teardown", "teardown", "child", "loop", "os");
        assertKnows("internal/jdk", "jdk", "streams", "child", "loop", "os");
        assertKnows("internal/cgroup", "cgroup", "child", "loop", "os");
        assertKnows(
                "internal/start", "start", "launch", "warm", "child", "streams", "cgroup", "os");
    }

    private static void assertKnows(String folder, String... packages) throws Exception {
        for (Path source : sources(folder)) {
            assertThat(INTERNALS.matcher(code(source)).results().map(match -> match.group(1)))
                    .as(source.toString())
                    .isSubsetOf(packages);
        }
    }

    @Test
    void onlyOneLayerHasNativeMethods() throws Exception {
        assertThat(sources("internal/os")).anyMatch(LayersTest::hasNativeMethods);
        for (Path source : sources("")) {
            if (!source.startsWith(SOURCES.resolve("internal/os"))) {
                assertThat(hasNativeMethods(source)).as(source.toString()).isFalse();
            }
        }
    }

    private static boolean hasNativeMethods(Path source) {
        try {
            return NATIVE.matcher(code(source)).find();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Whoever touches SLF4J too early makes it print a warning where no backend is installed. */
    @Test
    void onlyLogTouchesSlf4j() throws Exception {
        for (Path source : sources("")) {
            assertThat(code(source).contains("org.slf4j"))
                    .as(source.toString())
                    .isEqualTo(source.endsWith("Log.java"));
        }
    }

    @Test
    void onlyTheApiIsExported() throws Exception {
        String module = code(SOURCES.resolve("../../../module-info.java"));

        assertThat(Pattern.compile("exports ([\\w.]+)").matcher(module).results())
                .extracting(match -> match.group(1))
                .containsExactly(
                        "io.github.spawn4j",
                        "io.github.spawn4j.control",
                        "io.github.spawn4j.strict",
                        "io.github.spawn4j.warm");
    }
}
