package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that some children are tied to lives as long as they do, and no longer. */
@Timeout(60)
class KeeperTest {
    @TempDir private Path folder;

    private static boolean exists() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("spawn4j-keeper"));
    }

    private static int exitOfMortal(String... command) throws Exception {
        try (PidfdProcess process =
                PidfdProcess.builder(command[0], command[1])
                        .parentDeathSignal(Signal.KILL)
                        .start()) {
            return process.waitFor();
        }
    }

    /** It is idle for two seconds before it looks whether it may end. */
    @Test
    void outlivesALongChildAndEndsAfterIt() throws Exception {
        assertThat(exitOfMortal("/bin/sleep", "5")).isZero();

        Eventually.isTrue("the thread has ended", () -> !exists());
        assertThat(exitOfMortal("/bin/sleep", "0")).isZero();
    }

    @Test
    void keepsWritersOutAsLongAsATemplateSaysSo() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), folder.resolve("program"));
        try (SpawnTemplate template =
                SpawnTemplate.builder(program.toString()).denyWrite().build()) {
            assertThat(template.spawn("4").waitFor()).isZero();

            assertThat(exists()).isTrue();
            assertThatThrownBy(() -> append(program))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Text file busy");
        }
        append(program);
        Eventually.isTrue("the thread has ended", () -> !exists());
    }

    private static void append(Path file) throws IOException {
        Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
    }
}
