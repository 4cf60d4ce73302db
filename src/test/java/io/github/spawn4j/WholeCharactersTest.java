// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is cut for its length is cut between characters. */
@Timeout(60)
class WholeCharactersTest {
    /** Of one to four bytes. */
    private static final String CHARACTERS = "a\u00e9\u20ac\ud83d\ude00";

    private static final String TEXT = CHARACTERS.repeat(3);

    private static byte[] kept(Capture capture, byte[] output) throws Exception {
        return PidfdProcess.builder("cat")
                .run(RunOptions.timeout(Duration.ofSeconds(30)).stdin(output).stdout(capture))
                .stdout()
                .bytes();
    }

    private static Capture in(Charset charset, Capture capture) {
        return capture.lines(charset, line -> {});
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void keepsWholeCharactersOfTheBeginning() throws Exception {
        for (int bytes = 0; bytes <= utf8(TEXT).length; bytes++) {
            Capture capture = in(StandardCharsets.UTF_8, Capture.keepHead(bytes));

            byte[] kept = kept(capture, utf8(TEXT));

            assertThat(kept).as("of " + bytes).hasSizeBetween(bytes - 3, bytes);
            assertThat(TEXT).startsWith(new String(kept, StandardCharsets.UTF_8));
        }
    }

    @Test
    void keepsWholeCharactersOfTheEnd() throws Exception {
        for (int bytes = 0; bytes <= utf8(TEXT).length; bytes++) {
            Capture capture = in(StandardCharsets.UTF_8, Capture.keepTail(bytes));

            byte[] kept = kept(capture, utf8(TEXT));

            assertThat(kept).as("of " + bytes).hasSizeBetween(bytes - 3, bytes);
            assertThat(TEXT).endsWith(new String(kept, StandardCharsets.UTF_8));
        }
    }

    @Test
    void keepsEachByteOfWhatIsNoUtf8() throws Exception {
        byte[] latin1 =
                "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        byte[] continuations = {-128, -128, -128, -128, -128, -128};

        assertThat(kept(in(StandardCharsets.ISO_8859_1, Capture.keepHead(5)), latin1)).hasSize(5);
        assertThat(kept(in(StandardCharsets.ISO_8859_1, Capture.keepTail(5)), latin1)).hasSize(5);
        assertThat(kept(in(StandardCharsets.UTF_8, Capture.keepHead(5)), continuations)).hasSize(5);
        assertThat(kept(in(StandardCharsets.UTF_8, Capture.keepTail(5)), continuations)).hasSize(5);
    }

    @Test
    void partsALongLineBetweenCharacters() throws Exception {
        String line = "a" + "\ud83d\ude00".repeat(1 << 20);
        List<String> parts = new ArrayList<>();

        kept(Capture.keepHead(0).lines(StandardCharsets.UTF_8, parts::add), utf8(line));

        assertThat(parts).hasSizeGreaterThan(1);
        assertThat(String.join("", parts)).isEqualTo(line);
        for (String part : parts) {
            assertThat(part.length()).isLessThanOrEqualTo(1 << 20);
            assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse();
            assertThat(Character.isHighSurrogate(part.charAt(part.length() - 1))).isFalse();
        }
    }

    @Test
    void showsTheEndOfStandardErrorFromAWholeCharacterOn() throws Exception {
        assumeTrue(
                CapturedOutput.NATIVE_CHARSET.equals(StandardCharsets.UTF_8),
                "the locale's charset is not UTF-8");
        String line = "a" + "\u20ac".repeat(2000);
        CommandException failure =
                catchThrowableOfType(
                        CommandException.class,
                        () ->
                                PidfdProcess.builder("sh", "-c", "cat >&2; exit 1")
                                        .run(
                                                RunOptions.timeout(Duration.ofSeconds(30))
                                                        .stdin(utf8(line))
                                                        .expectExit(0)));

        assertThat(utf8(failure.stderrTail()).length).isLessThanOrEqualTo(4096);
        assertThat(failure.stderrTail()).matches("\u20ac+");
    }
}
