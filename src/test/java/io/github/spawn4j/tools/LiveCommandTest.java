package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code live} sees every child die; in a JVM of its own, as it counts threads. */
class LiveCommandTest extends ToolsTest {
    private static final String NUMBER = "-?\\d+(?:\\.\\d+)?(?:E-\\d+)?";

    private static String result(String starter, int children) {
        return "\\{\"starter\":\""
                + starter
                + "\",\"children\":"
                + children
                + ",\"startMillis\":"
                + NUMBER
                + ",\"threads\":(-?\\d+),\"heapBytesPerChild\":"
                + NUMBER
                + ",\"residentBytesPerChild\":"
                + NUMBER
                + ",\"cpuMicrosPerChild\":"
                + NUMBER
                + ",\"noticeP50Millis\":"
                + NUMBER
                + ",\"noticeP99Millis\":"
                + NUMBER
                + ",\"noticeMaxMillis\":"
                + NUMBER
                + "\\}";
    }

    @Test
    void printsNothingButTheDocumentAsJson() throws Exception {
        Run run = runApart("live", "--children", "20", "--jdk-children", "10", "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"machine\":\\{.*\\},\"warnings\":\\[.*\\],\"results\":\\["
                                + result("spawn4j", 20)
                                + ","
                                + result("jdk", 10)
                                + "\\]\\}\n");
    }

    @Test
    void printsATable() throws Exception {
        Run run = runApart("live", "--children", "1", "--jdk-children", "0");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(1).findFirst().orElseThrow())
                .matches("spawn4j +1 +\\S+ m?s +-?\\d+ +-?\\d+ +-?\\d+( +-?\\d+\\.\\d){4}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--children 0", "--jdk-children -1"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("live " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools live: numbers must be positive");
    }
}
