// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines are the same, whatever the pieces in which their bytes come. */
class LineSplitterTest {
    /** A line that is longer comes in parts. */
    private static final int LONGEST = 1 << 20;

    private final List<String> lines = new ArrayList<>();

    private List<String> split(Charset charset, byte[]... pieces) throws Exception {
        LineSplitter splitter = new LineSplitter(charset, lines::add);
        for (byte[] piece : pieces) {
            splitter.bytes(ByteBuffer.wrap(piece));
        }
        splitter.end();
        return lines;
    }

    /** Each byte a piece of its own. */
    private static byte[][] singly(byte[] bytes) {
        byte[][] pieces = new byte[bytes.length][];
        for (int i = 0; i < bytes.length; i++) {
            pieces[i] = new byte[] {bytes[i]};
        }
        return pieces;
    }

    /** The pieces of a character come in one read each. */
    @Test
    void haveWholeCharactersThatComeInPieces() throws Exception {
        byte[] bytes = "a\u20acb\ud83d\ude00\r\nz".getBytes(UTF_8);
        byte[][] pieces = Arrays.copyOf(singly(bytes), bytes.length + 1);
        pieces[bytes.length] = new byte[] {(byte) 0xe2, (byte) 0x82};

        assertThat(split(UTF_8, pieces)).containsExactly("a\u20acb\ud83d\ude00", "z\ufffd");
    }

    @Test
    void comeInPartsIfTheyAreVeryLong() throws Exception {
        byte[] line = new byte[2 * LONGEST + 1];
        Arrays.fill(line, (byte) 'a');
        line[LONGEST] = '\n';

        assertThat(split(US_ASCII, line, Arrays.copyOf(line, LONGEST)))
                .extracting(String::length)
                .containsExactly(LONGEST, LONGEST, LONGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "one",
                "one\n",
                "one\ntwo",
                "one\r\ntwo\r\n",
                "one\rtwo\r",
                "\r\n\r\n",
                "\n\r",
                "a\r\rb\n\nc",
                "h\u00e9\u20ac\ud83d\ude00\n"
            })
    void areThoseOfABufferedReader(String text) throws Exception {
        List<String> expected =
                new BufferedReader(new StringReader(text)).lines().collect(Collectors.toList());

        assertThat(split(UTF_8, text.getBytes(UTF_8))).isEqualTo(expected);
        lines.clear();
        assertThat(split(UTF_8, singly(text.getBytes(UTF_8)))).isEqualTo(expected);
    }

    @Test
    void areToldAsSoonAsTheyAreComplete() {
        LineSplitter splitter = new LineSplitter(UTF_8, lines::add);

        splitter.bytes(ByteBuffer.wrap("one\ntw".getBytes(UTF_8)));

        assertThat(lines).containsExactly("one");
    }

    @Test
    void replaceWhatCannotBeDecoded() throws Exception {
        assertThat(split(UTF_8, new byte[] {'a', (byte) 0xff, 'b', '\n', (byte) 0xe2}))
                .containsExactly("a\ufffdb", "\ufffd");
    }

    @Test
    void areOfTheCharsetThatWasAskedFor() throws Exception {
        assertThat(split(ISO_8859_1, new byte[] {(byte) 0xe9, '\n'})).containsExactly("\u00e9");
    }

    @Test
    void comeInPartsOfWholeCharactersIfTheyAreTooLong() throws Exception {
        String line = "x" + "\ud83d\ude00".repeat(LONGEST / 2 + 10);

        split(UTF_8, (line + "\nnext\n").getBytes(UTF_8));

        assertThat(lines).hasSizeGreaterThan(2).last().isEqualTo("next");
        assertThat(String.join("", lines.subList(0, lines.size() - 1))).isEqualTo(line);
        assertThat(lines)
                .allSatisfy(
                        part -> {
                            assertThat(part.length()).isLessThanOrEqualTo(LONGEST);
                            assertThat(part).isEqualTo(new String(part.getBytes(UTF_8), UTF_8));
                        });
    }

    @Test
    void areNotToldOnceItWasStopped() throws Exception {
        LineSplitter[] splitter = new LineSplitter[1];
        splitter[0] =
                new LineSplitter(
                        UTF_8,
                        line -> {
                            lines.add(line);
                            splitter[0].stop();
                        });

        splitter[0].bytes(ByteBuffer.wrap("one\ntwo\nthree".getBytes(UTF_8)));
        splitter[0].end();

        assertThat(lines).containsExactly("one");
    }
}
