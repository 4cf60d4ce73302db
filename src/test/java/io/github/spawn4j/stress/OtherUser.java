// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** An ordinary user, whose JVM may not read our files. */
final class OtherUser {
    private static final List<String> COMMAND =
            List.of("setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups");

    private OtherUser() {}

    /**
     * A JVM of his; skips the test where we cannot be another user.
     *
     * @param prefix a command that starts it, if any
     */
    static SecondJvm jvm(String... prefix) throws Exception {
        assumeTrue(new File("/usr/bin/setpriv").canExecute(), "no setpriv, to be another user");
        assumeTrue(
                new ProcessBuilder(command("true")).start().waitFor() == 0,
                "we may not be another user");
        return SecondJvm.startedBy(command(prefix)).option("-Djava.io.tmpdir=/tmp");
    }

    /** A command, as he runs it. */
    static String[] command(String... command) {
        return Stream.concat(COMMAND.stream(), Stream.of(command)).toArray(String[]::new);
    }

    /** Copies what the library and main classes of tests need to {@code folder}. */
    static String readableClassPath(Path folder) throws IOException {
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
