package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
