// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.os.StreamDescriptor;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachThreadKind;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.ThreadKind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Moving a child's output somewhere else as a whole. */
@Timeout(60)
class TransferTest {
    private static final int SIZE = 1 << 20;
    private static final long LIMIT_S = 30;

    /** The streams of files that the kernel can move bytes into. */
    private enum FileStream {
        FILE_OUTPUT_STREAM {
            @Override
            OutputStream open(Path file) throws IOException {
                return new FileOutputStream(file.toFile());
            }
        },

        NEW_OUTPUT_STREAM {
            @Override
            OutputStream open(Path file) throws IOException {
                return Files.newOutputStream(file);
            }
        },

        CHANNEL {
            @Override
            OutputStream open(Path file) throws IOException {
                return Channels.newOutputStream(
                        FileChannel.open(
                                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            }
        },

        CHANNEL_OF_A_STREAM {
            @Override
            @SuppressWarnings("resource") // closed with its channel
            OutputStream open(Path file) throws IOException {
                return Channels.newOutputStream(
                        new RandomAccessFile(file.toFile(), "rw").getChannel());
            }
        };

        abstract OutputStream open(Path file) throws IOException;
    }

    @TempDir Path folder;

    private static PidfdProcess zeros() throws IOException {
        return PidfdProcess.builder("head", "-c", Integer.toString(SIZE), "/dev/zero").start();
    }

    private static PidfdProcess shell(String script) throws IOException {
        return PidfdProcess.builder("sh", "-c", script).start();
    }

    /** Lets a script go on that waits for a line. */
    private static void goOn(PidfdProcess process) throws IOException {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write('\n');
        }
    }

    /** What {@code task} has thrown. */
    private static Throwable failureOf(FutureTask<?> task) throws Exception {
        try {
            throw new AssertionError(
                    "did not fail, but returned " + task.get(LIMIT_S, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static <T> FutureTask<T> start(Callable<T> task) throws Exception {
        FutureTask<T> started = new FutureTask<>(task);
        ThreadKind.PLATFORM.start(started);
        return started;
    }

    private static void awaitSize(Path file, long size) throws Exception {
        Eventually.isTrue(file + " has " + size + " bytes", () -> Files.size(file) >= size);
    }

    // Files

    @ParameterizedTest
    @EnumSource
    void movesOutputBetweenWhatIsWrittenBeforeAndAfter(FileStream kind) throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = zeros();
        try (OutputStream out = kind.open(file)) {
            out.write('a');
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
            out.write('z');
        }

        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(SIZE + 2).startsWith('a', 0).endsWith(0, 'z');
        assertThat(process.waitFor()).isZero();
    }

    /** Otherwise all tests of this class would pass on a JDK of which nothing is known. */
    @ParameterizedTest
    @EnumSource
    void knowsWhereTheStreamsOfThisJdkLead(FileStream kind) throws Exception {
        try (OutputStream out = kind.open(folder.resolve("file"))) {
            assertThat(StreamDescriptor.of(out)).isNotNull();
            assertThat(StreamDescriptor.of(new BufferedOutputStream(out))).isNull();
        }
    }

    @Test
    void movesOutputIntoTheMiddleOfAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "0123456789");
        PidfdProcess process = PidfdProcess.builder("printf", "abc").start();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.position(2);
            OutputStream out = Channels.newOutputStream(channel);
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(3);
            assertThat(channel.position()).isEqualTo(5);
        }

        assertThat(file).hasContent("01abc56789");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void movesWhatIsLeftAfterOthersHaveRead() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = PidfdProcess.builder("printf", "abcdef").start();
        InputStream output = process.getInputStream();
        assertThat(output.read()).isEqualTo('a');
        process.waitFor();
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            assertThat(output.transferTo(out)).isEqualTo(5);
        }

        assertThat(file).hasContent("bcdef");
    }

    /** splice(2) refuses such files. */
    @Test
    void copiesOutputToAFileThatIsAppendedTo() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "a");
        PidfdProcess process = zeros();
        try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
        }

        assertThat(Files.size(file)).isEqualTo(SIZE + 1);
        assertThat(process.waitFor()).isZero();
    }

    /** For splice(2) it is the same whether the one pipe is empty or the other one full. */
    @Test
    void copiesOutputToAPipeThatIsReadLater() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(PidfdProcess.builder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        CompletableFuture<byte[]> received =
                CompletableFuture.supplyAsync(
                        () -> {
                            try (InputStream in =
                                    new BufferedInputStream(new FileInputStream(fifo.toFile()))) {
                                return in.readAllBytes();
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        PidfdProcess process = zeros();
        try (FileOutputStream out = new FileOutputStream(fifo.toFile())) {
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
        }

        assertThat(received.get(30, TimeUnit.SECONDS)).hasSize(SIZE);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void copiesOutputToAnythingElse() throws Exception {
        PidfdProcess process = zeros();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
        assertThat(out.size()).isEqualTo(SIZE);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void movesNothingOfAClosedStream() throws Exception {
        PidfdProcess process = zeros();
        InputStream output = process.getInputStream();
        assertThat(output.read()).isZero();
        output.close();
        try (FileOutputStream out = new FileOutputStream(folder.resolve("file").toFile())) {
            assertThatThrownBy(() -> output.transferTo(out)).isInstanceOf(IOException.class);
        }

        assertThat(folder.resolve("file")).isEmptyFile();
        process.waitFor();
    }

    @Test
    void copiesOutputToANewOutputStreamThatAppends() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "a");
        PidfdProcess process = zeros();
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
        }

        assertThat(Files.size(file)).isEqualTo(SIZE + 1);
        assertThat(process.waitFor()).isZero();
    }

    /** What it does with the bytes is its own business. */
    @Test
    void writesThroughASubclassOfAFileStream() throws Exception {
        PidfdProcess process = PidfdProcess.builder("printf", "abc").start();
        List<Integer> lengths = new ArrayList<>();
        try (OutputStream out =
                new FileOutputStream(folder.resolve("file").toFile()) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        lengths.add(length);
                    }
                }) {
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(3);
        }

        assertThat(lengths).containsExactly(3);
        assertThat(folder.resolve("file")).isEmptyFile();
        assertThat(process.waitFor()).isZero();
    }

    /** splice(2) alone moves to a position that the other one has read as well. */
    @ParameterizedTest
    @EnumSource
    void losesNothingOfTwoTransfersAndAWriterIntoOneFile(FileStream kind) throws Exception {
        Path file = folder.resolve("file");
        int size = 8 * SIZE;
        byte[] line = "0123456789abcdef".repeat(64).getBytes();
        int lines = 2 * SIZE / line.length;
        try (OutputStream out = kind.open(file)) {
            List<FutureTask<Long>> transfers = new ArrayList<>();
            for (String letter : List.of("x", "y")) {
                PidfdProcess process = shell("yes " + letter + " | head -c " + size);
                transfers.add(start(() -> process.getInputStream().transferTo(out)));
            }
            for (int i = 0; i < lines; i++) {
                out.write(line);
            }
            for (FutureTask<Long> transfer : transfers) {
                assertThat(transfer.get(LIMIT_S, TimeUnit.SECONDS)).isEqualTo(size);
            }
        }

        byte[] written = Files.readAllBytes(file);
        int[] counts = new int[128];
        for (byte each : written) {
            counts[each]++;
        }
        assertThat(counts['x']).isEqualTo(size / 2);
        assertThat(counts['y']).isEqualTo(size / 2);
        assertThat(counts['f']).isEqualTo(lines * 64);
        assertThat(written).hasSize(2 * size + lines * line.length);
    }

    /** To close any descriptor of the file would end it (fcntl(2)). */
    @Test
    void keepsALockOnTheFile() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = zeros();
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            process.getInputStream().transferTo(Channels.newOutputStream(channel));

            String owner =
                    " "
                            + ProcessHandle.current().pid()
                            + " .*:"
                            + Files.getAttribute(file, "unix:ino");
            assertThat(Files.readAllLines(Path.of("/proc/locks")))
                    .anySatisfy(line -> assertThat(line).containsPattern(owner + " "));
        }
        assertThat(process.waitFor()).isZero();
    }

    // Targets that fail

    @Test
    void failsAsAWriteDoesIfTheDiskIsFull() throws Exception {
        PidfdProcess process = zeros();
        try (FileOutputStream out = new FileOutputStream("/dev/full")) {
            assertThatThrownBy(() -> process.getInputStream().transferTo(out))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("No space left on device");
        }
        process.destroyForcibly().waitFor();
    }

    @Test
    void failsAsAWriteDoesIfTheFileCanOnlyBeRead() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "a");
        PidfdProcess process = zeros();
        try (RandomAccessFile readable = new RandomAccessFile(file.toFile(), "r");
                FileOutputStream out = new FileOutputStream(readable.getFD())) {
            assertThatThrownBy(() -> process.getInputStream().transferTo(out))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("Bad file descriptor");
            assertThatThrownBy(
                            () ->
                                    process.getInputStream()
                                            .transferTo(
                                                    Channels.newOutputStream(
                                                            readable.getChannel())))
                    .isInstanceOf(NonWritableChannelException.class);
        }

        assertThat(file).hasContent("a");
        process.destroyForcibly().waitFor();
    }

    @ParameterizedTest
    @EnumSource
    void writesToNoOtherFileIfTheTargetIsClosedMeanwhile(FileStream kind) throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = shell("printf first; read line; printf second");
        OutputStream out = kind.open(file);
        FutureTask<Long> transfer = start(() -> process.getInputStream().transferTo(out));
        awaitSize(file, "first".length());

        out.close();
        List<OpenFile> recycled = OpenFile.files(folder, 20);
        goOn(process);

        assertThat(failureOf(transfer)).isInstanceOf(IOException.class);
        OpenFile.closeAll(recycled);
        assertThat(file).hasContent("first");
        for (OpenFile other : recycled) {
            assertThat(other.path()).isEmptyFile();
        }
        process.getInputStream().close();
        process.waitFor();
    }

    // A transfer that is ended

    @Test
    void endsWhenTheOutputIsClosedByAnotherThread() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = shell("printf first; read line");
        try (OutputStream out = Files.newOutputStream(file)) {
            FutureTask<Long> transfer = start(() -> process.getInputStream().transferTo(out));
            awaitSize(file, "first".length());

            process.getInputStream().close();

            assertThat(failureOf(transfer)).isInstanceOf(IOException.class);
        }
        goOn(process);
        process.waitFor();
    }

    @ForEachThreadKind
    void endsWhenItsThreadIsInterruptedWhileTheChildIsSilent(ThreadKind kind) throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "printf first; read line")
                        .interruptibleStreams()
                        .start();
        try (OutputStream out = Files.newOutputStream(file)) {
            FutureTask<Long> transfer =
                    new FutureTask<>(() -> process.getInputStream().transferTo(out));
            Thread thread = kind.start(transfer);
            awaitSize(file, "first".length());

            thread.interrupt();

            assertThat(failureOf(transfer)).isInstanceOf(ClosedByInterruptException.class);
            out.write('z');
        }
        assertThat(file).hasContent("firstz");
        goOn(process);
        process.waitFor();
    }

    @ForEachThreadKind
    void endsWhenItsThreadIsInterruptedWhileTheChildWrites(ThreadKind kind) throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = PidfdProcess.builder("yes").interruptibleStreams().start();
        try (OutputStream out = Files.newOutputStream(file)) {
            FutureTask<Long> transfer =
                    new FutureTask<>(() -> process.getInputStream().transferTo(out));
            Thread thread = kind.start(transfer);
            awaitSize(file, SIZE);

            thread.interrupt();

            assertThat(failureOf(transfer)).isInstanceOf(ClosedByInterruptException.class);
        }
        assertThat(process.waitFor()).isNotZero();
    }

    // Sockets

    /** A connection of two channels; their sockets' streams are others than the channels'. */
    private static final class Connection implements AutoCloseable {
        final SocketChannel near;
        final SocketChannel far;

        Connection() throws IOException {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                near = SocketChannel.open(server.getLocalAddress());
                far = server.accept();
            }
        }

        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    private static void checkReceived(CompletableFuture<byte[]> received) throws Exception {
        assertThat(received.get(LIMIT_S, TimeUnit.SECONDS))
                .hasSize(SIZE + 2)
                .startsWith('a', 0)
                .endsWith(0, 'z');
    }

    private static CompletableFuture<byte[]> readAll(InputStream in) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (in) {
                        return in.readAllBytes();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
    }

    private static void transferBetweenTwoBytes(OutputStream out) throws Exception {
        PidfdProcess process = zeros();
        out.write('a');
        assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
        out.write('z');
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void copiesOutputToASocket() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket far = server.accept()) {
            CompletableFuture<byte[]> received = readAll(far.getInputStream());
            transferBetweenTwoBytes(near.getOutputStream());
            near.shutdownOutput();
            checkReceived(received);
        }
    }

    @Test
    void copiesOutputToASocketChannel() throws Exception {
        try (Connection connection = new Connection()) {
            CompletableFuture<byte[]> received = readAll(Channels.newInputStream(connection.far));
            transferBetweenTwoBytes(Channels.newOutputStream(connection.near));
            connection.near.shutdownOutput();
            checkReceived(received);
        }
    }

    @Test
    void refusesAChannelInNonBlockingMode() throws Exception {
        PidfdProcess process = zeros();
        try (Connection connection = new Connection()) {
            connection.near.configureBlocking(false);
            OutputStream out = Channels.newOutputStream(connection.near);

            assertThatThrownBy(() -> process.getInputStream().transferTo(out))
                    .isInstanceOf(IllegalBlockingModeException.class);
        }
        process.destroyForcibly().waitFor();
    }

    /** splice(2) would wait in the kernel with the pipe locked. */
    @ForEachThreadKind
    void endsWhenItsThreadIsInterruptedWhileNobodyReadsTheSocket(ThreadKind kind) throws Exception {
        PidfdProcess process = PidfdProcess.builder("yes").interruptibleStreams().start();
        try (Connection connection = new Connection()) {
            OutputStream out = Channels.newOutputStream(connection.near);
            FutureTask<Long> transfer =
                    new FutureTask<>(() -> process.getInputStream().transferTo(out));
            Thread thread = kind.start(transfer);
            awaitFullPipe(process);

            thread.interrupt();

            assertThat(failureOf(transfer)).isInstanceOf(ClosedByInterruptException.class);
        }
        process.destroyForcibly().waitFor();
    }

    @Test
    void endsWhenTheSocketThatNobodyReadsIsClosed() throws Exception {
        PidfdProcess process = PidfdProcess.builder("yes").start();
        try (Connection connection = new Connection()) {
            OutputStream out = connection.near.socket().getOutputStream();
            FutureTask<Long> transfer = start(() -> process.getInputStream().transferTo(out));
            awaitFullPipe(process);

            connection.near.close();

            assertThat(failureOf(transfer)).isInstanceOf(IOException.class);
        }
        process.destroyForcibly().waitFor();
    }

    /** Everything on the way is full, so whoever transfers waits. */
    private static void awaitFullPipe(PidfdProcess process) throws Exception {
        Eventually.isTrue(
                "yes waits for room in the pipe",
                () -> process.getInputStream().available() == 1 << 16);
    }

    /** While the child is silent nothing of ours may hold the connection. */
    @Test
    void letsThePeerSeeAtOnceThatTheSocketIsClosed() throws Exception {
        PidfdProcess process = shell("printf first; read line; printf second");
        try (Connection connection = new Connection()) {
            OutputStream out = Channels.newOutputStream(connection.near);
            InputStream in = Channels.newInputStream(connection.far);
            FutureTask<Long> transfer = start(() -> process.getInputStream().transferTo(out));
            assertThat(in.readNBytes("first".length())).asString().isEqualTo("first");

            connection.near.close();

            assertThat(in.read()).isEqualTo(-1);
            goOn(process);
            assertThat(failureOf(transfer)).isInstanceOf(ClosedChannelException.class);
        }
        process.waitFor();
    }
}
