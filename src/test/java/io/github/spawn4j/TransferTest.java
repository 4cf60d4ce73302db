package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Moving a child's output somewhere else as a whole. */
@Timeout(60)
class TransferTest {
    private static final int SIZE = 1 << 20;

    @TempDir Path folder;

    private static PidfdProcess zeros() throws IOException {
        return PidfdProcess.builder("head", "-c", Integer.toString(SIZE), "/dev/zero").start();
    }

    @Test
    void movesOutputToAFile() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = zeros();
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write('a');
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
            out.write('z');
        }

        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(SIZE + 2).startsWith('a', 0).endsWith(0, 'z');
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

    /** What is usual today, and says nothing of its descriptor. */
    @Test
    void movesOutputToTheStreamOfAChannel() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "12345");
        PidfdProcess process = zeros();
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            out.write('a');
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
            out.write('z');
        }

        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(SIZE + 2).startsWith('a', 0).endsWith(0, 'z');
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void copiesOutputToTheStreamOfAChannelThatAppends() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "12345");
        PidfdProcess process = zeros();
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
        }

        assertThat(Files.size(file)).isEqualTo(SIZE + 5);
        assertThat(process.waitFor()).isZero();
    }

    /** Each byte has a place of its own, though all share one position. */
    @Test
    void severalMoveToOneFileWithoutWritingOverEachOther() throws Exception {
        Path file = folder.resolve("file");
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            List<ThreadKind.Running<Long>> transfers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                PidfdProcess process = zeros();
                transfers.add(
                        ThreadKind.PLATFORM.run(() -> process.getInputStream().transferTo(out)));
            }
            for (int i = 0; i < 1000; i++) {
                out.write('a');
            }
            for (ThreadKind.Running<Long> transfer : transfers) {
                assertThat(transfer.get()).isEqualTo(SIZE);
            }
        }

        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(4 * SIZE + 1000);
        int letters = 0;
        for (byte b : written) {
            letters += b;
        }
        assertThat(letters).isEqualTo(1000 * 'a');
    }

    @Test
    void copiesOutputToASocket() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket peer = server.accept()) {
            PidfdProcess process = zeros();
            ThreadKind.Running<byte[]> received =
                    ThreadKind.PLATFORM.run(() -> peer.getInputStream().readAllBytes());
            assertThat(process.getInputStream().transferTo(socket.getOutputStream()))
                    .isEqualTo(SIZE);
            socket.shutdownOutput();

            assertThat(received.get()).hasSize(SIZE);
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void copiesOutputToTheStreamOfASocketChannel() throws Exception {
        try (ServerSocketChannel server =
                        ServerSocketChannel.open()
                                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel channel = SocketChannel.open(server.getLocalAddress());
                SocketChannel peer = server.accept()) {
            PidfdProcess process = zeros();
            ThreadKind.Running<byte[]> received =
                    ThreadKind.PLATFORM.run(() -> Channels.newInputStream(peer).readAllBytes());
            OutputStream out = Channels.newOutputStream(channel);
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(SIZE);
            channel.shutdownOutput();

            assertThat(received.get()).hasSize(SIZE);
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void saysThatTheDiskIsFull() throws Exception {
        PidfdProcess process = zeros();
        try (FileOutputStream out = new FileOutputStream("/dev/full")) {
            assertThatThrownBy(() -> process.getInputStream().transferTo(out))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
        }
        process.destroy();
        process.waitFor();
    }

    @Test
    void noticesThatTheTargetHasBeenClosed() throws Exception {
        PidfdProcess process = PidfdProcess.builder("cat").start();
        FileOutputStream out = new FileOutputStream(folder.resolve("file").toFile());
        ThreadKind.Running<Long> transfer =
                ThreadKind.PLATFORM.run(() -> process.getInputStream().transferTo(out));
        transfer.untilBlocked();
        out.close();
        try (OutputStream input = process.getOutputStream()) {
            input.write('a');
        }

        assertThat(transfer.failure()).isInstanceOf(IOException.class);
        assertThat(folder.resolve("file")).isEmptyFile();
        process.waitFor();
    }

    @ForEachThreadKind
    void isEndedByAnInterrupt(ThreadKind kind) throws Exception {
        PidfdProcess process = PidfdProcess.builder("cat").start();
        try (FileOutputStream out = new FileOutputStream(folder.resolve("file").toFile())) {
            ThreadKind.Running<Long> transfer =
                    kind.run(() -> process.getInputStream().transferTo(out));
            transfer.untilBlocked();
            transfer.thread().interrupt();

            assertThat(transfer.failure()).isInstanceOf(ClosedByInterruptException.class);
        }
        process.destroy();
        process.waitFor();
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
}
