// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static io.github.spawn4j.internal.launch.InheritedEnvironment.indexOfEquals;
import static io.github.spawn4j.internal.launch.InheritedEnvironment.latin;

import io.github.spawn4j.internal.launch.InheritedEnvironment.Decoded;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The variables of a child: at first those of the JVM, byte for byte, then as they were changed.
 * One thread at a time.
 *
 * <p>The JVM's are read once, as {@link System#getenv()} does. A name or a value that it has given,
 * and that comes back, has its bytes again, also those that are no text.
 */
public final class Environment {
    private static final String PATH = "PATH";
    private static final byte[] DEFAULT_PATH = Text.encode(PATH, "/bin:/usr/bin");

    /**
     * Entries by name, names as Latin-1, so that bytes which are no text survive. Null while
     * nothing was changed.
     */
    private Map<String, byte[]> entries;

    /** Whether another environment has the entries too, so that they are not to be changed. */
    private boolean sharesEntries;

    /** What {@link #encoded} gave last, until the next change. */
    private Strings encoded;

    public Environment() {
        encoded = InheritedEnvironment.get().strings();
    }

    public Environment(Environment other) {
        encoded = other.encoded(); // once for all that are copied from it
        entries = other.entries;
        sharesEntries = true;
        if (!other.sharesEntries) { // else many threads may be copying it, as a template's
            other.sharesEntries = true;
        }
    }

    /**
     * Sets a variable.
     *
     * @throws IllegalArgumentException if the name is empty or contains {@code =}, or if name or
     *     value contain NUL
     */
    public void put(String name, String value) {
        byte[] key = encodeName(name);
        String latin = latin(key, key.length - 1);
        byte[] inherited = InheritedEnvironment.get().entries().get(latin);
        boolean isInherited = inherited != null && new Decoded(inherited).value().equals(value);
        change().put(latin, isInherited ? inherited : entry(key, name, value));
    }

    /**
     * Removes a variable, if there is one.
     *
     * @throws IllegalArgumentException as for {@link #put}
     */
    public void remove(String name) {
        byte[] key = encodeName(name);
        change().remove(latin(key, key.length - 1));
    }

    /**
     * Removes the variables whose names fit one of the patterns, or all others: {@code *} stands
     * for any characters.
     *
     * @throws IllegalArgumentException if a pattern contains NUL
     */
    public void removeMatching(boolean fitting, String... patterns) {
        List<Pattern> all = Arrays.stream(patterns).map(Environment::pattern).toList();
        change().keySet()
                .removeIf(
                        name ->
                                fitting
                                        == all.stream()
                                                .anyMatch(one -> one.matcher(name).matches()));
    }

    private static Pattern pattern(String text) {
        byte[] bytes = Text.encode("pattern", text);
        String[] literals = latin(bytes, bytes.length - 1).split("\\*", -1);
        return Pattern.compile(
                Arrays.stream(literals).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }

    /**
     * Replaces all variables by {@code variables}. Those that are as {@link System#getenv()} has
     * them keep their bytes; if all are, nothing is changed at all.
     *
     * @throws IllegalArgumentException if a name contains {@code =}, or if a name or a value
     *     contain NUL, or if a name is empty that is not so in the JVM's environment; the variables
     *     are then incomplete
     */
    public void replace(Map<String, String> variables) {
        replace(variables, false);
    }

    /** The same for what {@link ProcessBuilder} has, where a name can be empty. */
    public void replaceLikeProcessBuilder(Map<String, String> variables) {
        replace(variables, true);
    }

    private void replace(Map<String, String> variables, boolean mayBeNameless) {
        Map<Decoded, Integer> wanted = new LinkedHashMap<>();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            count(new Decoded(variable.getKey(), variable.getValue()), 1, wanted);
        }
        Map<String, byte[]> kept = new LinkedHashMap<>();
        Map<String, Deque<byte[]>> names = new HashMap<>();
        for (Map.Entry<String, byte[]> inherited :
                InheritedEnvironment.get().entries().entrySet()) {
            byte[] entry = inherited.getValue();
            int equals = indexOfEquals(entry);
            if (equals < 0) {
                continue; // no variable, so that nobody can want it
            }
            Decoded decoded = new Decoded(entry);
            if (wanted.containsKey(decoded)) {
                kept.put(inherited.getKey(), entry);
                count(decoded, -1, wanted);
                continue;
            }
            // A value that was changed stays under its name, byte for byte.
            Deque<byte[]> sameName = names.get(decoded.name());
            if (sameName == null) {
                sameName = new ArrayDeque<>();
                names.put(decoded.name(), sameName);
            }
            sameName.add(Arrays.copyOf(entry, equals + 1));
        }
        boolean isUnchanged = wanted.isEmpty() && names.isEmpty();
        entries = isUnchanged ? null : kept;
        sharesEntries = false;
        encoded = isUnchanged ? InheritedEnvironment.get().strings() : null;
        for (Map.Entry<Decoded, Integer> variable : wanted.entrySet()) {
            for (int i = 0; i < variable.getValue(); i++) {
                Deque<byte[]> sameName = names.get(variable.getKey().name());
                byte[] inheritedKey = sameName == null ? null : sameName.poll();
                add(variable.getKey(), inheritedKey, mayBeNameless);
            }
        }
    }

    /** How often each is there; not at all where that is never. */
    private static void count(Decoded variable, int more, Map<Decoded, Integer> counts) {
        int count = counts.getOrDefault(variable, 0) + more;
        if (count == 0) {
            counts.remove(variable);
        } else {
            counts.put(variable, count);
        }
    }

    /** Adds a variable, whose name has these bytes where it is the JVM's. */
    private void add(Decoded variable, byte[] inheritedKey, boolean mayBeNameless) {
        if (inheritedKey == null && !(mayBeNameless && variable.name().isEmpty())) {
            put(variable.name(), variable.value());
            return;
        }
        byte[] key = inheritedKey == null ? new byte[1] : inheritedKey;
        change().put(latin(key, key.length - 1), entry(key, variable.name(), variable.value()));
    }

    /** Makes the variables of a {@link ProcessBuilder}, which has the JVM's, the same. */
    public void applyTo(Map<String, String> variables) {
        if (entries == null) {
            return;
        }
        Map<String, byte[]> inherited = InheritedEnvironment.get().entries();
        inherited.forEach(
                (latin, entry) -> {
                    if (!entries.containsKey(latin) && indexOfEquals(entry) > 0) {
                        variables.remove(new Decoded(entry).name());
                    }
                });
        entries.forEach(
                (latin, entry) -> {
                    // What is the JVM's keeps the bytes that the builder has of it.
                    if (entry != inherited.get(latin) && indexOfEquals(entry) > 0) {
                        Decoded changed = new Decoded(entry);
                        variables.put(changed.name(), changed.value());
                    }
                });
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

    /**
     * Where programs are searched, encoded: the PATH of the child where it was changed here, else
     * the JVM's.
     */
    public byte[] searchPath() {
        return searchPath(entries == null ? InheritedEnvironment.get().entries() : entries);
    }

    /** The JVM's PATH, encoded. */
    public static byte[] inheritedSearchPath() {
        return searchPath(InheritedEnvironment.get().entries());
    }

    private static byte[] searchPath(Map<String, byte[]> entries) {
        // Not System.getenv(): on JDK 25 that sets the disposition of SIGCHLD of the whole process.
        byte[] entry = entries.get(PATH);
        return entry == null
                ? DEFAULT_PATH
                : Arrays.copyOfRange(entry, PATH.length() + 1, entry.length);
    }

    private static byte[] encodeName(String name) {
        String what = "name of environment variable";
        if (name.isEmpty()) {
            throw new IllegalArgumentException(what + " is empty");
        }
        byte[] known = InheritedEnvironment.get().bytesOf(what, name);
        byte[] key = known != null ? known : Text.encode(what, name);
        if (name.indexOf('=') >= 0) {
            throw new IllegalArgumentException(
                    "name of environment variable contains '=': \"" + Text.printable(name) + "\"");
        }
        return key;
    }

    /** The entry of a variable, whose encoded name ends with one byte for the {@code =}. */
    private static byte[] entry(byte[] key, String name, String value) {
        String what = "environment variable " + name;
        byte[] known = InheritedEnvironment.get().bytesOf(what, value);
        byte[] text = known != null ? known : Text.encodeSecret(what, value);
        byte[] entry = Arrays.copyOf(key, key.length + text.length);
        System.arraycopy(text, 0, entry, key.length, text.length);
        entry[key.length - 1] = '=';
        return entry;
    }

    private Map<String, byte[]> change() {
        if (entries == null || sharesEntries) {
            entries =
                    new LinkedHashMap<>(
                            entries == null ? InheritedEnvironment.get().entries() : entries);
            sharesEntries = false;
        }
        encoded = null;
        return entries;
    }
}
