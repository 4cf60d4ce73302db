// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Runs.OPTIONS;
import static io.github.spawn4j.testing.Runs.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run feeds its process. */
@Timeout(60)
class RunInputTest {
    private static final int MIB = 1 << 20;

    @TempDir Path folder;

    @Test
    void givesNoInputByDefault() throws Exception {
        assertThat(PidfdProcess.builder("cat").run(OPTIONS).stdout().bytes()).isEmpty();
    }

    @Test
    void feedsBytesAndReadsThemBack() throws Exception {
        byte[] bytes = new byte[3 * MIB];
        Arrays.setAll(bytes);

        CapturedOutput output = PidfdProcess.builder("cat").run(OPTIONS.stdin(bytes)).stdout();

        assertThat(output.bytes()).isEqualTo(bytes);
    }

    private static final class Arrays {
        static void setAll(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i * 31 + i / 251);
            }
        }
    }

    @Test
    void feedsText() throws Exception {
        assertThat(
                        PidfdProcess.builder("tr", "a-z", "A-Z")
                                .run(OPTIONS.stdin("hello", StandardCharsets.US_ASCII))
                                .stdout()
                                .text())
                .isEqualTo("HELLO");
        assertThat(PidfdProcess.builder("cat").run(OPTIONS.stdin("")).stdout().bytes()).isEmpty();
    }

    @Test
    void feedsAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("input"), "from the file");

        assertThat(PidfdProcess.builder("cat").run(OPTIONS.stdin(file)).stdout().text())
                .isEqualTo("from the file");
        assertThatThrownBy(
                        () ->
                                PidfdProcess.builder("cat")
                                        .run(OPTIONS.stdin(folder.resolve("none"))))
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("none");
    }

    @Test
    void feedsAStream() throws Exception {
        byte[] bytes = new byte[MIB];
        Arrays.setAll(bytes);

        CapturedOutput output =
                PidfdProcess.builder("cat")
                        .run(OPTIONS.stdin(new ByteArrayInputStream(bytes)))
                        .stdout();

        assertThat(output.bytes()).isEqualTo(bytes);
    }

    @Test
    void tearsDownAProcessWhoseInputFails() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("no more");
                    }
                };

        CommandException failure = failure(PidfdProcess.builder("cat"), OPTIONS.stdin(broken));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.INPUT);
        assertThat(failure).hasMessageContaining("no more").hasCauseInstanceOf(IOException.class);
    }

    @Test
    void doesNotWaitForAnInputThatNobodyReads() throws Exception {
        try (PipedOutputStream silent = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(silent)) {
            assertThat(PidfdProcess.builder("true").run(OPTIONS.stdin(input)).isSuccess()).isTrue();
        }
        byte[] much = new byte[MIB];
        assertThat(PidfdProcess.builder("true").run(OPTIONS.stdin(much)).isSuccess()).isTrue();
        assertThat(
                        PidfdProcess.builder("head", "-c", "1")
                                .run(OPTIONS.stdin(new ByteArrayInputStream(much)))
                                .stdout()
                                .bytes())
                .hasSize(1);
    }

    @Test
    void refusesAnInputThatCannotBeGiven() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                PidfdProcess.builder("cat")
                                        .stdin(Redirect.DISCARD)
                                        .run(OPTIONS.stdin("a")))
                .withMessage("there is an input, but standard input of \"cat\" is /dev/null");
    }
}
