// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that keeps programs warm, and what is left when it has ended. */
@Timeout(60)
class WarmJvmTest {
    private static List<Long> waiting(String output) {
        return Pattern.compile("waiting (\\d+)")
                .matcher(output)
                .results()
                .map((MatchResult result) -> Long.parseLong(result.group(1)))
                .toList();
    }

    private static boolean hasEnded(long pid) {
        char state = Os.state(pid);
        return state == 'X' || state == 'Z';
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "exits"})
    void takesAlongItsHelpersAndTheChildrenThatWait(String end) throws Exception {
        String output = SecondJvm.startedBy().run(WarmJvm.class, end);
        assumeFalse(output.startsWith("refused"), () -> "no helper can be made: " + output);

        assertThat(output.contains("exit code 137")).isEqualTo(end.equals("killed"));
        assertThat(waiting(output)).hasSizeGreaterThanOrEqualTo(3);
        for (long pid : waiting(output)) {
            Os.await("child " + pid + " has ended", () -> hasEnded(pid));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, true, warm", "2, false, cold"})
    void hasASecondHelperForABusyOneWhereProcessorsAllow(
            int processors, boolean isToBeWarm, String kind) throws Exception {
        String output =
                SecondJvm.startedBy()
                        .option("-XX:ActiveProcessorCount=" + processors)
                        .run(BusyWarmJvm.class, Boolean.toString(isToBeWarm));
        assumeFalse(output.startsWith("refused"), () -> "no helper can be made: " + output);

        assertThat(output).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "ptrace=EPERM, MISSING_SYSTEM_CALL",
        "kcmp=EPERM, MISSING_SYSTEM_CALL",
        "kcmp=kill, MISSING_SYSTEM_CALL",
        "memfd_create=ENOSYS, MISSING_SYSTEM_CALL",
        "close_range=EPERM, MISSING_SYSTEM_CALL",
    })
    void hasNoHelperWhereACallIsForbiddenThatItNeeds(String rule, String reason) throws Exception {
        String output =
                SecondJvm.startedBy(Os.program("deny"), rule, "--").run(WarmJvm.class, "exits");

        assertThat(output).isEqualTo("refused " + reason);
    }
}
