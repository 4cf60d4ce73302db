// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Output that is copied to a file or a stream as it comes. */
@Timeout(60)
class CaptureDestinationTest {
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50));
    private static final int MIB = 1 << 20;

    @TempDir Path folder;

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static CommandException failure(EmptyProcess process, RunOptions options) {
        return catchThrowableOfType(CommandException.class, () -> process.run(options));
    }

    @Test
    void copiesAllToAFileAndKeepsTheEnd() throws Exception {
        Path file = folder.resolve("log");

        CommandResult result =
                sh("head -c 3145728 /dev/zero; echo end")
                        .run(OPTIONS.stdout(Capture.keepTail(4).to(file)));

        assertThat(result.stdout().text()).isEqualTo("end\n");
        assertThat(Files.size(file)).isEqualTo(3 * MIB + 4);
        assertThat(result.stdout().total()).isEqualTo(3 * MIB + 4);
    }

    @Test
    void replacesWhatTheFileHeld() throws Exception {
        Path file = Files.writeString(folder.resolve("log"), "of another run");
        RunOptions options = OPTIONS.stdout(Capture.keepTail(0).to(file));

        sh("echo text").run(options);
        assertThat(file).hasContent("text\n");
        sh("true").run(options);

        assertThat(file).isEmptyFile();
    }

    @Test
    void bothOutputsShareOneFile() throws Exception {
        Path file = folder.resolve("log");
        Capture log = Capture.keepTail(100).to(file);

        CommandResult result = sh("echo out; echo error >&2").run(OPTIONS.stdout(log).stderr(log));

        assertThat(Files.readAllLines(file)).containsExactlyInAnyOrder("out", "error");
        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().text()).isEqualTo("error\n");
    }

    @Test
    void allStagesOfAPipelineShareOneFile() throws Exception {
        Path file = folder.resolve("log");

        Pipeline.of(sh("echo 1 >&2"), sh("echo 2 >&2"), sh("echo 3 >&2"))
                .run(OPTIONS.stderr(Capture.keepTail(0).to(file)));

        assertThat(Files.readAllLines(file)).containsExactlyInAnyOrder("1", "2", "3");
    }

    /** Its output has often ended before the next stage is started. */
    @Test
    void aStageThatEndsEarlyDoesNotCloseTheFile() throws Exception {
        Path file = folder.resolve("log");

        for (int i = 0; i < 50; i++) {
            Pipeline.of(sh("echo 1 >&2"), sh("echo 2 >&2"))
                    .run(OPTIONS.stderr(Capture.keepTail(0).to(file)));
            assertThat(Files.readAllLines(file)).containsExactlyInAnyOrder("1", "2");
        }
    }

    @Test
    void tellsTheListenerToo() throws Exception {
        Path file = folder.resolve("log");
        List<String> lines = Collections.synchronizedList(new ArrayList<>());

        sh("echo 1; echo 2").run(OPTIONS.stdout(Capture.keepTail(0).to(file).lines(lines::add)));
        sh("echo 3").run(OPTIONS.stdout(Capture.keepTail(0).lines(lines::add).to(file)));

        assertThat(lines).containsExactly("1", "2", "3");
        assertThat(file).hasContent("3\n");
    }

    @Test
    void copiesToAStreamWhichStaysOpen() throws Exception {
        boolean[] closed = new boolean[1];
        boolean[] flushed = new boolean[1];
        ByteArrayOutputStream stream =
                new ByteArrayOutputStream() {
                    @Override
                    public void flush() {
                        flushed[0] = true;
                    }

                    @Override
                    public void close() {
                        closed[0] = true;
                    }
                };
        RunOptions options = OPTIONS.stdout(Capture.keepTail(0).to(stream));

        sh("echo 1").run(options);
        sh("echo 2").run(options);

        assertThat(stream).hasToString("1\n2\n");
        assertThat(flushed[0]).isTrue();
        assertThat(closed[0]).isFalse();
    }

    @Test
    void tearsDownWhatCannotBeCopied() {
        Path file = folder.resolve("no").resolve("such");

        CommandException e =
                failure(
                        sh("echo text; exec sleep 600"),
                        OPTIONS.stdout(Capture.keepTail(0).to(file)));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.LISTENER);
        assertThat(e).hasCauseInstanceOf(NoSuchFileException.class).hasMessageContaining("such");
        assertThat(e.result().exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    @Test
    void tellsWhatAStreamHasThrown() {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };

        CommandException e = failure(sh("yes"), OPTIONS.stdout(Capture.keepTail(0).to(full)));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.LISTENER);
        assertThat(e).hasRootCauseMessage("No space left on device");
    }

    @Test
    void closesTheFileOfARunThatFails() throws Exception {
        Path file = folder.resolve("log");

        CommandException e =
                failure(
                        sh("echo text; exec sleep 600"),
                        OPTIONS.stdout(
                                Capture.keepTail(0)
                                        .to(file)
                                        .lines(
                                                line -> {
                                                    throw new IllegalStateException(line);
                                                })));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.LISTENER);
        assertThat(file).hasContent("text\n");
        Eventually.isTrue(
                "the file is closed",
                () -> !LeakCheck.descriptors().containsValue(file.toRealPath().toString()));
    }
}
