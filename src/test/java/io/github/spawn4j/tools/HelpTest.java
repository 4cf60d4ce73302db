// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The help of each command is all that is printed, whatever signs it consists of. */
class HelpTest extends ToolsTest {
    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isPrintedWithoutAWarning(String command) {
        PrintStream err = System.err;
        ByteArrayOutputStream warnings = new ByteArrayOutputStream();
        System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
        Run run;
        try {
            run = run(command, "--help");
        } finally {
            System.setErr(err);
        }
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: spawn4j-tools " + command).doesNotContain("%%");
        assertThat(run.err() + warnings.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
