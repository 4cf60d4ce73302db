// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Teardowns.await;
import static io.github.spawn4j.testing.Teardowns.sh;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.testing.Descendants;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.ThreadKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Teardowns that begin with the end of the input. */
@Timeout(60)
class TeardownInputTest {
    private static final Teardown GENTLE = Teardown.closeInput(ofSeconds(600));

    @RegisterExtension final Descendants descendants = new Descendants();

    private CommandException timedOut(EmptyProcess process, RunOptions options) {
        CommandException e =
                catchThrowableOfType(CommandException.class, () -> process.copy().run(options));
        assertThat(e.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
        descendants.add(Long.toString(e.result().stage().pid()));
        return e;
    }

    @Test
    void mayBeginWithTheEndOfInput() throws Exception {
        PidfdProcess process = sh("cat; echo bye").teardown(GENTLE).start();

        await(process.teardown());

        assertThat(process.inputReader().lines()).containsExactly("bye");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void writesWhatIsBufferedBeforeTheEndOfInput() throws Exception {
        PidfdProcess process = sh("cat; echo bye").teardown(GENTLE).start();
        process.outputWriter().write("buffered ");

        await(process.teardown());

        assertThat(process.inputReader().lines()).containsExactly("buffered bye");
    }

    @Test
    void goesOnFromTheEndOfInputToSignals() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .teardown(
                                Teardown.closeInput(ofMillis(50)).then(Signal.TERM, ofSeconds(600)))
                        .start();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    /** Nor does the writer wait any longer. */
    @Test
    void isNotHeldUpByInputThatNobodyReads() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .teardown(
                                Teardown.closeInput(ofMillis(50)).then(Signal.TERM, ofSeconds(600)))
                        .start();
        ThreadKind.Running<Void> writing =
                ThreadKind.PLATFORM.run(
                        () -> {
                            process.outputWriter().write("a".repeat(1 << 20));
                            return null;
                        });
        writing.untilBlocked();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
        assertThat(writing.failure()).isInstanceOf(IOException.class);
    }

    /** Who would else wait for as long as that grandchild lives. */
    @Test
    void givesUpWhatIsBufferedWhenOnlyAGrandchildOutsideCouldReadIt() throws Exception {
        PidfdProcess process =
                sh("exec 3<&0; sleep 600 <&3 & echo $!; exec sleep 600").teardown(GENTLE).start();
        descendants.pidFrom(process.inputReader());
        process.getOutputStream().write(new byte[1 << 16]); // all that the pipe holds
        process.getOutputStream().write(1);

        CompletableFuture<Void> teardown = process.teardown();
        process.signal(Signal.KILL);
        await(teardown);

        ThreadKind.Running<Void> flushing =
                ThreadKind.PLATFORM.run(
                        () -> {
                            process.getOutputStream().flush();
                            return null;
                        });
        assertThat(flushing.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void skipsTheEndOfAnInputThatIsNotOurs() throws Exception {
        PidfdProcess process =
                sh("exec sleep 600")
                        .stdin(Redirect.DISCARD)
                        .teardown(GENTLE.then(Signal.TERM, ofSeconds(600)))
                        .start();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    @Test
    void typesTheEndOfInputOnATerminal() throws Exception {
        PidfdProcess process =
                sh("echo ready; cat > /dev/null; echo bye")
                        .terminal(new WindowSize(24, 80))
                        .teardown(GENTLE)
                        .start();
        BufferedReader output = process.inputReader();
        assertThat(output.readLine()).isEqualTo("ready");

        await(process.teardown());

        assertThat(process.exitValue()).isZero();
        assertThat(output.lines()).contains("bye");
    }

    @Test
    void closesTheInputOfARunThatIsStillFed() throws Exception {
        CommandException e =
                Patience.until(
                        "it has been fed",
                        failure -> failure.result().stdout().text().startsWith("fed"),
                        this::timedOutWhileFed);

        assertThat(e.result().stdout().text()).isEqualTo("fed bye\n");
        assertThat(e.getSuppressed()).isEmpty();
    }

    private CommandException timedOutWhileFed(Duration time) throws IOException {
        PipedInputStream endless = new PipedInputStream();
        try (PipedOutputStream writer = new PipedOutputStream(endless)) {
            writer.write("fed ".getBytes(StandardCharsets.UTF_8));
            writer.flush();

            return timedOut(
                    sh("cat; echo bye").teardown(GENTLE), RunOptions.timeout(time).stdin(endless));
        }
    }

    /** What is in the pipe by then is still read. */
    @Test
    void feedsARunNoMoreThatIsTornDown() throws Exception {
        // One that stops only when it has been told to go on has to be killed.
        EmptyProcess process =
                sh("kill -STOP $$; wc -c")
                        .teardown(
                                Teardown.closeInput(ofSeconds(10))
                                        .then(Signal.KILL, ofSeconds(600)));
        CommandException e =
                Patience.until(
                        "it has stopped before the end of its time",
                        failure -> failure.result().stdout().total() > 0,
                        time ->
                                timedOut(
                                        process,
                                        RunOptions.timeout(time).stdin(new byte[1 << 20])));

        assertThat(Long.parseLong(e.result().stdout().text().strip()))
                .isBetween(1L, (1L << 20) - 1);
    }

    /** Whose input ends with the first one. */
    @Test
    void givesThoseOfAPipelineTheGraceOfTheFirst() throws Exception {
        PipedInputStream endless = new PipedInputStream();
        try (PipedOutputStream writer = new PipedOutputStream(endless)) {
            writer.flush(); // nothing comes, and no end
            Teardown gentle = GENTLE.then(Signal.KILL, ofSeconds(600));
            assertThatExceptionOfType(CommandException.class)
                    .isThrownBy(
                            () ->
                                    Pipeline.of(
                                                    sh("cat; echo one").teardown(gentle),
                                                    sh("cat; echo two").teardown(gentle))
                                            .run(RunOptions.timeout(ofMillis(300)).stdin(endless)))
                    .matches(e -> e.reason() == CommandException.Reason.TIMEOUT)
                    .matches(e -> e.result().stdout().text().equals("one\ntwo\n"));
        }
    }
}
