package io.github.spawn4j.stress;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** The class path of a JVM of another user, who may not read ours. */
final class ReadableClassPath {
    private ReadableClassPath() {}

    /** Copies what the library and main classes of tests need to {@code folder}. */
    static String in(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        int number = 0;
        StringBuilder copies = new StringBuilder();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(entry);
            if (!Files.exists(from) || !entry.matches(".*(classes|(slf4j|jna)[^/]*\\.jar)/?")) {
                continue;
            }
            Path copy = folder.resolve(number++ + "-" + from.getFileName());
            copyTree(from, copy);
            copies.append(copies.length() == 0 ? "" : File.pathSeparator).append(copy);
        }
        return copies.toString();
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
