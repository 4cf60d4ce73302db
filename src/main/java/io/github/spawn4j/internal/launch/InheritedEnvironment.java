// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.NativeHalf;
import io.github.spawn4j.internal.os.Spawn;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The JVM's own environment, as the C library has it. Immutable.
 *
 * <p>Read when it is first wanted, and again as long as the native library is not there, which a
 * static initializer could not.
 */
final class InheritedEnvironment {
    /** A variable as {@link System#getenv()} has it. */
    record Decoded(String name, String value) {
        /** JDK 18 has parted the two. */
        private static final Charset CHARSET =
                Runtime.version().feature() < 18 && NativeHalf.isLinux()
                        ? Charset.defaultCharset()
                        : Text.jnuCharset();

        Decoded(byte[] entry) {
            this(
                    new String(entry, 0, indexOfEquals(entry), CHARSET),
                    new String(
                            entry,
                            indexOfEquals(entry) + 1,
                            entry.length - indexOfEquals(entry) - 2,
                            CHARSET));
        }

        // Those of a record have the JVM make classes, which the first start would wait for.

        @Override
        public boolean equals(Object other) {
            return other instanceof Decoded variable
                    && name.equals(variable.name)
                    && Objects.equals(value, variable.value);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Objects.hashCode(value);
        }
    }

    /** What stands for more than one sequence of bytes. */
    private static final byte[] AMBIGUOUS = {};

    private static volatile InheritedEnvironment known;

    /** By name, names as Latin-1, so that bytes which are no text survive. */
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /**
     * Names and values that {@link Text} would encode otherwise, by what {@link System#getenv()}
     * makes of them: those that are no text, and where JDK 17 decodes by another {@code
     * file.encoding} all that is not ASCII.
     */
    private final Map<String, byte[]> noTexts = new HashMap<>();

    private final Strings strings;

    private InheritedEnvironment(byte[] bytes) {
        int count = 0;
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                add(Arrays.copyOfRange(bytes, start, i + 1));
                start = i + 1;
                count++;
            }
        }
        strings = new Strings(bytes, count);
    }

    static InheritedEnvironment get() {
        InheritedEnvironment inherited = known;
        return inherited != null ? inherited : read();
    }

    private static synchronized InheritedEnvironment read() {
        if (known == null && NativeHalf.absence() == null) {
            known = new InheritedEnvironment(Spawn.environment());
        }
        return known != null ? known : new InheritedEnvironment(ofJdk());
    }

    /** What the JDK has of it, for processes that the JDK starts: texts only. */
    private static byte[] ofJdk() {
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        System.getenv()
                .forEach(
                        (name, value) ->
                                entries.writeBytes(
                                        (name + "=" + value + "\0").getBytes(Decoded.CHARSET)));
        return entries.toByteArray();
    }

    private void add(byte[] entry) {
        int equals = indexOfEquals(entry);
        // Entries without '=' exist; they are passed on, each under a key of its own. Of a
        // variable that comes twice the first one counts, as for getenv(3).
        entries.putIfAbsent(latin(entry, equals >= 0 ? equals : entry.length), entry);
        if (equals >= 0) {
            Decoded decoded = new Decoded(entry);
            byte[] name = Arrays.copyOf(entry, equals + 1);
            name[equals] = 0;
            addNoText(decoded.name, name);
            addNoText(decoded.value, Arrays.copyOfRange(entry, equals + 1, entry.length));
        }
    }

    private void addNoText(String decoded, byte[] bytes) {
        if (!Text.isEncodedAs(bytes, decoded)) {
            noTexts.merge(decoded, bytes, (a, b) -> Arrays.equals(a, b) ? a : AMBIGUOUS);
        }
    }

    /** Its entries, {@code NAME=value} and NUL, in their order. */
    Map<String, byte[]> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** All of it, also what comes twice. */
    Strings strings() {
        return strings;
    }

    /**
     * The bytes, and NUL, that a text from {@link System#getenv()} stands for, or null if it is a
     * text like any other.
     *
     * @param what what the text is, for messages
     * @throws IllegalArgumentException if it stands for several
     */
    byte[] bytesOf(String what, String text) {
        byte[] bytes = text == null ? null : noTexts.get(text);
        if (bytes == AMBIGUOUS) {
            throw new IllegalArgumentException(what + " stands for several that are no text");
        }
        return bytes == null ? null : bytes.clone();
    }

    /** Bytes as characters of the same value. */
    static String latin(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Where the name of an entry ends, or a negative number. */
    static int indexOfEquals(byte[] entry) {
        return latin(entry, entry.length).indexOf('=');
    }
}
