package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Spawn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables of a child: at first those of the JVM, byte for byte, then as they were changed.
 * One thread at a time.
 *
 * <p>The JVM's are read once, as {@link System#getenv()} does.
 */
public final class Environment {
    private static final String PATH = "PATH";
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    /**
     * Entries by name, names as Latin-1, so that bytes which are no text survive. Null while
     * nothing was changed.
     */
    private Map<String, byte[]> entries;

    /** What {@link #encoded} gave last, until the next change. */
    private Strings encoded;

    public Environment() {
        encoded = Inherited.get().strings;
    }

    public Environment(Environment other) {
        entries = other.entries == null ? null : new LinkedHashMap<>(other.entries);
        encoded = other.encoded;
    }

    /**
     * Sets a variable.
     *
     * @throws IllegalArgumentException if the name is empty or contains {@code =}, or if name or
     *     value contain NUL
     */
    public void put(String name, String value) {
        byte[] key = encodeName(name);
        byte[] text = Text.encode("environment variable " + name, value);
        byte[] entry = new byte[key.length + text.length];
        System.arraycopy(key, 0, entry, 0, key.length);
        entry[key.length - 1] = '=';
        System.arraycopy(text, 0, entry, key.length, text.length);
        change().put(name(key, key.length - 1), entry);
    }

    /**
     * Removes a variable, if there is one.
     *
     * @throws IllegalArgumentException as for {@link #put}
     */
    public void remove(String name) {
        byte[] key = encodeName(name);
        change().remove(name(key, key.length - 1));
    }

    /** Removes all variables. */
    public void clear() {
        change().clear();
    }

    /** All entries, {@code NAME=value}. */
    public Strings encoded() {
        if (encoded == null) {
            Strings.Builder builder = new Strings.Builder(Strings.NONE);
            entries.values().forEach(builder::add);
            encoded = builder.build();
        }
        return encoded;
    }

    /** Where programs are searched: the PATH of the child where it was changed, else the JVM's. */
    public String searchPath() {
        // Not System.getenv(): on JDK 25 that sets the disposition of SIGCHLD of the whole process.
        byte[] entry = (entries == null ? Inherited.get().entries : entries).get(PATH);
        if (entry == null) {
            return DEFAULT_PATH;
        }
        int start = PATH.length() + 1;
        return Text.decode(entry, start, entry.length - 1 - start);
    }

    private static byte[] encodeName(String name) {
        byte[] key = Text.encode("name of environment variable", name);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name of environment variable is empty");
        }
        if (name.indexOf('=') >= 0) {
            throw new IllegalArgumentException(
                    "name of environment variable contains '=': \"" + Text.printable(name) + "\"");
        }
        return key;
    }

    private Map<String, byte[]> change() {
        if (entries == null) {
            entries = new LinkedHashMap<>(Inherited.get().entries);
        }
        encoded = null;
        return entries;
    }

    private static String name(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * The JVM's own environment. Read when it is first wanted, and again if that has failed, which
     * a static initializer could not.
     */
    private static final class Inherited {
        private static volatile Inherited known;

        private final Map<String, byte[]> entries = new LinkedHashMap<>();
        private final Strings strings;

        private Inherited(byte[] bytes) {
            int count = 0;
            int start = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == 0) {
                    byte[] entry = Arrays.copyOfRange(bytes, start, i + 1);
                    // Entries without a name or a '=' exist; they are passed on, each under a key
                    // of its own.
                    int equals = name(entry, entry.length).indexOf('=');
                    entries.put(name(entry, equals > 0 ? equals : entry.length), entry);
                    start = i + 1;
                    count++;
                }
            }
            strings = new Strings(bytes, count);
        }

        static Inherited get() {
            Inherited inherited = known;
            return inherited != null ? inherited : read();
        }

        private static synchronized Inherited read() {
            if (known == null) {
                known = new Inherited(Spawn.environment());
            }
            return known;
        }
    }
}
