// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.NativeHalf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Paths as the kernel knows them, bytes ended by NUL, and as Java knows them.
 *
 * <p>A {@link Path} holds the bytes that a directory listing gave it, whether they are text or not;
 * its string has lost what is none. The bytes appear in its URI, each escaped, whatever the
 * encoding of file names is.
 */
public final class PathBytes {
    private static final byte[] CURRENT = {'.', 0};

    /**
     * Before a relative path, which only an absolute one's URI shows: nothing can be below it, so
     * that the look at the file which {@link Path#toUri} takes ends here.
     */
    private static final String NOWHERE = "/dev/null/";

    private PathBytes() {}

    /**
     * The bytes of {@code path}. A relative one stays relative, and so counts from the directory
     * that the kernel knows, which may have been renamed since the JVM's start; the empty path is
     * the current directory.
     *
     * @param what what it is, for messages
     * @throws IllegalArgumentException if it is a path of another file system than the kernel's
     */
    public static byte[] of(String what, Path path) {
        Objects.requireNonNull(path, what);
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw foreign(what, path);
        }
        String text = path.toString();
        if (text.isEmpty()) {
            return CURRENT.clone();
        }
        return isAscii(text) || !NativeHalf.isLinux()
                ? Text.encode(what, text)
                : unescape(what, path);
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static byte[] unescape(String what, Path path) {
        Path relative = path.isAbsolute() ? path.subpath(0, path.getNameCount()) : path;
        URI uri = Path.of(NOWHERE).resolve(relative).toUri();
        String escaped = uri.getRawPath();
        if (!"file".equals(uri.getScheme()) || !escaped.startsWith(NOWHERE)) {
            throw foreign(what, path);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length());
        if (path.isAbsolute()) {
            bytes.write('/');
        }
        for (int i = NOWHERE.length(); i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    private static IllegalArgumentException foreign(String what, Path path) {
        return new IllegalArgumentException(
                what
                        + " is a path of "
                        + path.getFileSystem()
                        + ", which no program can open: \""
                        + Text.printable(path.toString())
                        + "\"");
    }

    /** Whether a path counts from wherever one is. */
    public static boolean isRelative(byte[] path) {
        return path[0] != '/';
    }

    /** The path of {@code name} in {@code directory}; both end with NUL. */
    public static byte[] join(byte[] directory, byte[] name) {
        byte[] path = Arrays.copyOf(directory, directory.length + name.length);
        path[directory.length - 1] = '/';
        System.arraycopy(name, 0, path, directory.length, name.length);
        return path;
    }

    /**
     * Where a relative path of the JVM leads to.
     *
     * @throws LaunchException if the kernel does not tell the current directory
     */
    static byte[] absolute(byte[] path) throws LaunchException {
        if (!isRelative(path)) {
            return path;
        }
        try {
            // Not user.dir, which is the name that the directory had when the JVM was started.
            Path current = Files.readSymbolicLink(Path.of("/proc/self/cwd"));
            return join(of("current directory", current), path);
        } catch (IOException e) {
            throw new LaunchException(
                    "readlink /proc/self/cwd", RequestLayout.NO_INDEX, Errno.ENOENT, "");
        }
    }

    /** The path that Java opens files by; a relative one counts from the kernel's directory. */
    static Path toPath(byte[] path) {
        StringBuilder uri = new StringBuilder("file://");
        uri.append(isRelative(path) ? "/proc/self/cwd/" : "");
        for (int i = 0; i < path.length - 1; i++) {
            if (path[i] == '/') {
                uri.append('/');
            } else {
                uri.append(String.format("%%%02X", path[i]));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }
}
