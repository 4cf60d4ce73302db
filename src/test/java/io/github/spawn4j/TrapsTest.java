// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Bystanders;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachThreadKind;
import io.github.spawn4j.testing.InVirtualThread;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.ThreadKind;
import io.github.spawn4j.testing.ThreadKind.Running;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What catches users of {@link ProcessBuilder}, and what must not catch ours. The strategy does not
 * matter here; the kind of thread does.
 *
 * <ul>
 *   <li>A child fills the pipe that nobody reads. With two readers, or with its errors led
 *       elsewhere, it does not hang.
 *   <li>A grandchild keeps the output open. The exit is known at once, reading goes on. With a
 *       platform thread: {@link StreamsTest}, {@link DroppedProcessTest}.
 *   <li>A child closes its streams and lives on. The reader sees the end, the process is alive.
 *   <li>A child ends while we write. That is an exception, and no signal for the JVM: {@code
 *       stress.BrokenPipeTest}.
 *   <li>{@code yes | head} must end: {@link SignalsTest}.
 *   <li>A thread that reads, writes or waits is interrupted, or another thread closes its stream.
 *       Reading and waiting in a platform thread: {@link StreamsTest}, {@link ExitTest}.
 *   <li>100,000 short children in a row: {@code stress.ShortChildrenTest}.
 *   <li>Exit code 127, 137 and SIGKILL are three things, a signal after the exit is none: {@link
 *       ExitTest}, {@code stress.LifetimeTest}.
 *   <li>Somebody closes and destroys in another order than we thought of, and twice.
 *   <li>Readers of characters are asked for twice, with another charset.
 *   <li>A debugger holds the child, and with it its exit.
 * </ul>
 */
@Timeout(60)
class TrapsTest {
    /** More than a pipe holds. */
    private static final int MUCH = 10 << 20;

    /**
     * For who looks a thousand times in a second; who does nothing else takes several times that.
     */
    private static final long MUCH_NS = 150_000_000;

    private static final int SIGKILLED = 128 + 9;

    private static EmptyProcess probe(String... steps) {
        return PidfdProcess.builder(Probe.PROGRAM, steps);
    }

    private static void end(PidfdProcess process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    // A full pipe

    @ForEachThreadKind
    void tenMebibytesOfErrorsPassWhileTheOutputIsRead(ThreadKind kind) throws Exception {
        PidfdProcess process =
                probe("--write-stderr", Integer.toString(MUCH), "--say", "done").start();
        Running<byte[]> errors = kind.run(() -> process.getErrorStream().readAllBytes());
        Running<byte[]> output = kind.run(() -> process.getInputStream().readAllBytes());

        assertThat(output.get()).asString().isEqualTo("done");
        assertThat(errors.get()).hasSize(MUCH);
        assertThat(process.waitFor()).isZero();
    }

    static Stream<Redirect> elsewhere() {
        return Stream.of(Redirect.DISCARD, Redirect.STDOUT);
    }

    @ParameterizedTest
    @MethodSource("elsewhere")
    void tenMebibytesOfErrorsNeedNoReaderIfTheyAreLedElsewhere(Redirect errors) throws Exception {
        PidfdProcess process =
                probe("--write-stderr", Integer.toString(MUCH), "--say", "done")
                        .stderr(errors)
                        .start();

        byte[] output = process.getInputStream().readAllBytes();

        assertThat(output).hasSize(errors == Redirect.STDOUT ? MUCH + 4 : 4);
        assertThat(process.getErrorStream().read()).isEqualTo(-1);
        assertThat(process.waitFor()).isZero();
    }

    @InVirtualThread
    void aMebibytePassesInBothDirections() throws Exception {
        byte[] sent = new byte[1 << 20];
        PidfdProcess process = probe("--cat").start();
        Running<Object> writer =
                ThreadKind.VIRTUAL.run(
                        () -> {
                            try (OutputStream input = process.getOutputStream()) {
                                input.write(sent);
                            }
                            return "written";
                        });
        Running<byte[]> reader =
                ThreadKind.VIRTUAL.run(() -> process.getInputStream().readAllBytes());

        assertThat(reader.get()).isEqualTo(sent);
        writer.get();
        assertThat(ThreadKind.VIRTUAL.run(process::waitFor).get()).isZero();
    }

    // Ends

    @InVirtualThread
    void aGrandchildKeepsTheOutputAndTheReaderWaitsOn() throws Exception {
        PidfdProcess process = probe("--fork-cat", "--say", "f", "--pause").start();
        InputStream output = process.getInputStream();
        assertThat(output.read()).as("it has forked").isEqualTo('f');
        Running<byte[]> reader = ThreadKind.VIRTUAL.run(output::readAllBytes).untilBlocked();

        process.signal(Signal.KILL);
        assertThat(process.waitFor()).isEqualTo(SIGKILLED);
        assertThat(reader.result()).isNotDone();
        process.getOutputStream().write("grandchild".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().close();

        assertThat(reader.get()).asString().isEqualTo("grandchild");
    }

    @ForEachThreadKind
    void aChildClosesItsStreamsAndLivesOn(ThreadKind kind) throws Exception {
        PidfdProcess process = probe("--cat", "--close", "1", "--close", "2", "--pause").start();
        List<Running<Integer>> readers = new ArrayList<>();
        readers.add(kind.run(process.getInputStream()::read));
        readers.add(kind.run(process.getErrorStream()::read));
        for (Running<Integer> reader : readers) {
            reader.untilBlocked();
        }

        process.getOutputStream().close();

        for (Running<Integer> reader : readers) {
            assertThat(reader.get()).isEqualTo(-1);
        }
        assertThat(process.isAlive()).isTrue();
        assertThat(process.getInputStream().read()).isEqualTo(-1);
        end(process);
    }

    @ForEachThreadKind
    void aChildEndsWhileWeWrite(ThreadKind kind) throws Exception {
        PidfdProcess process = probe("--pause").start();
        Running<Object> writer = writing(kind, process.getOutputStream()).untilBlocked();

        process.signal(Signal.KILL);

        assertThat(writer.failure())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Broken pipe");
        assertThat(process.waitFor()).isEqualTo(SIGKILLED);
    }

    private static Running<Object> writing(ThreadKind kind, OutputStream input) {
        return kind.run(
                () -> {
                    try {
                        input.write(new byte[1 << 20]);
                        return "written";
                    } catch (ClosedByInterruptException e) {
                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                        throw e;
                    }
                });
    }

    // Other threads

    @InVirtualThread
    void anotherThreadClosesTheStreamOfAReader() throws Exception {
        PidfdProcess process = probe("--wait-stdin").start();
        InputStream output = process.getInputStream();
        Running<Integer> reader = ThreadKind.VIRTUAL.run(output::read).untilBlocked();

        output.close();

        assertThat(reader.failure())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Stream closed");
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    /**
     * The stream that users have is buffered and lets one thread in; a process closes what is
     * below.
     */
    @ForEachThreadKind
    void anotherThreadDestroysTheProcessOfAWriter(ThreadKind kind) throws Exception {
        PidfdProcess process = probe("--ignore", "15", "--say", "r", "--pause").start();
        assertThat(process.getInputStream().read()).as("it ignores SIGTERM").isEqualTo('r');
        Running<Object> writer = writing(kind, process.getOutputStream()).untilBlocked();

        process.destroy();

        assertThat(writer.failure())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Stream closed");
        assertThat(process.isAlive()).isTrue();
        end(process);
    }

    @InVirtualThread
    void aReaderIsInterrupted() throws Exception {
        PidfdProcess process = probe("--wait-stdin").interruptibleStreams().start();
        InputStream output = process.getInputStream();
        Running<Integer> reader =
                ThreadKind.VIRTUAL
                        .run(
                                () -> {
                                    try {
                                        return output.read();
                                    } catch (IOException e) {
                                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                                        throw e;
                                    }
                                })
                        .untilBlocked();

        reader.thread().interrupt();

        assertThat(reader.failure()).isInstanceOf(ClosedByInterruptException.class);
        assertThatThrownBy(output::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Stream closed");
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachThreadKind
    void aWriterIsInterrupted(ThreadKind kind) throws Exception {
        PidfdProcess process = probe("--read-stdin", "--exit", "3").interruptibleStreams().start();
        process.signal(Signal.STOP);
        OutputStream input = process.getOutputStream();
        Running<Object> writer = writing(kind, input).untilBlocked();

        writer.thread().interrupt();

        assertThat(writer.failure()).isInstanceOf(ClosedByInterruptException.class);
        assertThatThrownBy(() -> input.write(new byte[1 << 20]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Stream closed");
        process.signal(Signal.CONT);
        assertThat(process.waitFor()).as("it has seen the end of its input").isEqualTo(3);
    }

    @ForEachThreadKind
    void aThreadThatWaitsForTheExitIsInterrupted(ThreadKind kind) throws Exception {
        PidfdProcess process = probe("--wait-stdin").start();
        for (boolean timed : new boolean[] {false, true}) {
            Running<Boolean> waiter =
                    kind.run(
                                    () -> {
                                        try {
                                            return timed
                                                    ? process.waitFor(1, TimeUnit.HOURS)
                                                    : process.waitFor() == 0;
                                        } catch (InterruptedException e) {
                                            boolean status = Thread.currentThread().isInterrupted();
                                            assertThat(status).as("interrupt status").isFalse();
                                            throw e;
                                        }
                                    })
                            .untilBlocked();

            waiter.thread().interrupt();

            assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
            assertThat(process.isAlive()).isTrue();
        }
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    @InVirtualThread
    void manyThreadsWaitForOneExit() throws Exception {
        PidfdProcess process = probe("--wait-stdin", "--exit", "5").start();
        List<Running<Integer>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiters.add(ThreadKind.VIRTUAL.run(process::waitFor));
        }
        for (Running<Integer> waiter : waiters) {
            waiter.untilBlocked();
        }

        process.getOutputStream().close();

        for (Running<Integer> waiter : waiters) {
            assertThat(waiter.get()).isEqualTo(5);
        }
    }

    // Any order

    /** Something that one does to a process in the end. */
    private enum Last {
        CLOSE_INPUT {
            @Override
            void apply(PidfdProcess process) throws IOException {
                process.getOutputStream().close();
            }
        },
        CLOSE_OUTPUT {
            @Override
            void apply(PidfdProcess process) throws IOException {
                process.getInputStream().close();
            }
        },
        CLOSE_ERRORS {
            @Override
            void apply(PidfdProcess process) throws IOException {
                process.getErrorStream().close();
            }
        },
        DESTROY {
            @Override
            void apply(PidfdProcess process) {
                process.destroy();
            }
        };

        abstract void apply(PidfdProcess process) throws IOException;

        /** All orders of all of them. */
        static List<List<Last>> orders() {
            List<List<Last>> orders = List.of(List.of());
            for (Last next : values()) {
                List<List<Last>> longer = new ArrayList<>();
                for (List<Last> order : orders) {
                    for (int at = 0; at <= order.size(); at++) {
                        List<Last> grown = new ArrayList<>(order);
                        grown.add(at, next);
                        longer.add(grown);
                    }
                }
                orders = longer;
            }
            return orders;
        }
    }

    /** A number that the first time has set free is somebody else's the second time. */
    private static void applyTwice(List<Last> order, PidfdProcess process) throws IOException {
        for (Last last : order) {
            last.apply(process);
            try (Bystanders bystanders = new Bystanders()) {
                last.apply(process);
                bystanders.assertOpen(last);
            }
        }
    }

    @Test
    void closesAndDestroysInEveryOrderTwiceWhileTheChildLives() throws Exception {
        assertThat(Last.orders()).hasSize(24).doesNotHaveDuplicates();
        for (List<Last> order : Last.orders()) {
            Map<Integer, String> before = LeakCheck.descriptors();
            PidfdProcess process = probe("--pause").start();
            applyTwice(order, process);

            try (Bystanders bystanders = new Bystanders()) {
                process.waitFor();
                bystanders.assertOpen(order);
            }

            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
            LeakCheck.assertOpenAsBefore(before, order);
        }
    }

    @Test
    void closesAndDestroysInEveryOrderTwiceAfterTheExit() throws Exception {
        for (List<Last> order : Last.orders()) {
            Map<Integer, String> before = LeakCheck.descriptors();
            PidfdProcess process = probe("--say", "o", "--say-error", "e", "--exit", "3").start();
            assertThat(process.waitFor()).isEqualTo(3);
            applyTwice(order, process);

            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(3));
            assertThatThrownBy(process.getInputStream()::read).isInstanceOf(IOException.class);
            LeakCheck.assertOpenAsBefore(before, order);
        }
    }

    @Test
    void destroyAfterTheExitLeavesTheOutputToBeRead() throws Exception {
        PidfdProcess process = probe("--say", "out", "--say-error", "err").start();
        assertThat(process.waitFor()).isZero();

        process.destroy();
        process.destroyForcibly();

        assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("out");
        assertThat(process.getErrorStream().readAllBytes()).asString().isEqualTo("err");
    }

    // Characters

    @Test
    void readersAndWritersAreMadeOnce() throws Exception {
        PidfdProcess process = probe("--wait-stdin").start();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
                BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
                BufferedWriter writer = process.outputWriter(StandardCharsets.UTF_8)) {
            assertThat(process.inputReader(StandardCharsets.UTF_8)).isSameAs(reader);
            assertThat(process.errorReader(StandardCharsets.UTF_8)).isSameAs(errors);
            assertThat(process.outputWriter(StandardCharsets.UTF_8)).isSameAs(writer);
            Charset other = StandardCharsets.UTF_16;
            assertThatThrownBy(() -> process.inputReader(other))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> process.errorReader(other))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> process.outputWriter(other))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void readersAndWritersHaveTheNativeEncodingUnlessToldOtherwise() throws Exception {
        Charset encoding = Charset.forName(System.getProperty("native.encoding"));
        PidfdProcess process = probe("--cat").start();

        assertThat(process.inputReader()).isSameAs(process.inputReader(encoding));
        assertThat(process.errorReader()).isSameAs(process.errorReader(encoding));
        assertThat(process.outputWriter()).isSameAs(process.outputWriter(encoding));

        process.outputWriter().write("text");
        process.outputWriter().close();
        assertThat(process.inputReader().lines()).containsExactly("text");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void readersAreAtTheirEndAndWritersFailWhereThereIsNoPipe() throws Exception {
        PidfdProcess process =
                probe("--cat")
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.STDOUT)
                        .start();

        assertThat(process.inputReader().readLine()).isNull();
        assertThat(process.errorReader().readLine()).isNull();
        assertThatThrownBy(
                        () -> {
                            process.outputWriter().write("text");
                            process.outputWriter().flush();
                        })
                .isInstanceOf(IOException.class);
        assertThat(process.waitFor()).isZero();
    }

    @InVirtualThread
    void linesAreReadAsTheyCome() throws Exception {
        PidfdProcess process = probe("--cat").start();
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        for (String line : List.of("one", "two")) {
            Running<String> read = ThreadKind.VIRTUAL.run(reader::readLine).untilBlocked();
            process.outputWriter(StandardCharsets.UTF_8).write(line + "\n");
            process.outputWriter(StandardCharsets.UTF_8).flush();
            assertThat(read.get()).isEqualTo(line);
        }
        process.outputWriter(StandardCharsets.UTF_8).close();
        assertThat(reader.readLine()).isNull();
        assertThat(process.waitFor()).isZero();
    }

    // A tracer that is not its parent: its exit is the tracer's first

    /** Holds a process until it is closed. */
    private record Tracer(PidfdProcess process) implements Closeable {
        static Tracer of(PidfdProcess traced) throws Exception {
            PidfdProcess process =
                    PidfdProcess.builder(
                                    Probe.program("tracer").toString(), Long.toString(traced.pid()))
                            .start();
            String answer = process.inputReader().readLine();
            if (!answer.equals("traced")) {
                end(traced);
                process.getOutputStream().close();
            }
            assumeTrue(answer.equals("traced"), "ptrace is refused: " + answer);
            return new Tracer(process);
        }

        void letGo() throws IOException {
            process.getOutputStream().close();
        }

        @Override
        public void close() throws IOException {
            letGo();
        }
    }

    private static void kill(PidfdProcess process) throws Exception {
        process.signal(Signal.KILL);
        Path status = Path.of("/proc/" + process.pid() + "/status");
        Eventually.isTrue(
                "the child is a zombie", () -> ProcStatus.of(status).get("State").startsWith("Z"));
    }

    @ForEachThreadKind
    void theExitOfATracedChildIsToldWhenItsTracerLetsGo(ThreadKind kind) throws Exception {
        PidfdProcess process = probe("--pause").start();
        try (Tracer tracer = Tracer.of(process)) {
            Running<Integer> waiter = kind.run(process::waitFor).untilBlocked();
            CompletableFuture<Process> exit = process.onExit();
            kill(process);

            assertThat(process.isAlive()).isTrue();
            assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(waiter.result()).isNotDone();
            assertThat(exit).isNotDone();
            assertThatThrownBy(process::exitStatus).isInstanceOf(IllegalThreadStateException.class);

            tracer.letGo();

            assertThat(waiter.get()).isEqualTo(SIGKILLED);
            assertThat(exit.get(20, TimeUnit.SECONDS)).isSameAs(process);
            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
            assertThat(tracer.process().waitFor()).isZero();
        }
    }

    /** The pidfd is readable all the time: who only looked would look without end. */
    @Test
    void nobodySpinsWhileATracerHoldsTheExit() throws Exception {
        PidfdProcess process = probe("--pause").start();
        try (Tracer tracer = Tracer.of(process)) {
            kill(process);
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long reactor =
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().equals("spawn4j-reactor"))
                            .findFirst()
                            .orElseThrow()
                            .getId();

            // Processor time, not time: a busy machine makes it less, never more.
            long ourNs = threads.getCurrentThreadCpuTime();
            assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
            ourNs = threads.getCurrentThreadCpuTime() - ourNs;
            long reactorNs = threads.getThreadCpuTime(reactor);
            assertThatThrownBy(() -> process.onExit().get(1, TimeUnit.SECONDS))
                    .isInstanceOf(TimeoutException.class);
            reactorNs = threads.getThreadCpuTime(reactor) - reactorNs;

            assertThat(ourNs).as("CPU time of who waits").isLessThan(MUCH_NS);
            assertThat(reactorNs).as("CPU time of the reactor").isLessThan(MUCH_NS);
            tracer.letGo();
            assertThat(process.waitFor()).isEqualTo(SIGKILLED);
            assertThat(tracer.process().waitFor()).isZero();
        }
    }
}
