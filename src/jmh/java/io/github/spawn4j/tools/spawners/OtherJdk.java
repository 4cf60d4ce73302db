// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import io.github.spawn4j.tools.Jvms;
import io.github.spawn4j.tools.SpawnerWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Another JDK of this machine, for what depends on the JDK. */
final class OtherJdk {
    /** Where distributions install them. */
    private static final Path JDKS = Path.of("/usr/lib/jvm");

    private OtherJdk() {}

    /**
     * A JVM of its own in which ProcessBuilder makes the starts.
     *
     * @param feature the JDK's version
     * @throws IOException if there is none, or if it is this one
     */
    static Spawner open(int feature, String program) throws IOException {
        if (Runtime.version().feature() == feature) {
            throw new IOException("this JVM is one");
        }
        return new RemoteSpawner(
                Jvms.ofJdk(
                        find(feature),
                        feature,
                        SpawnerWorker.class,
                        SpawnerType.JDK,
                        program,
                        0,
                        0,
                        0));
    }

    private static Path find(int feature) throws IOException {
        if (Files.isDirectory(JDKS)) {
            try (Stream<Path> homes = Files.list(JDKS)) {
                List<Path> found = homes.filter(home -> isOne(home, feature)).sorted().toList();
                if (!found.isEmpty()) {
                    return found.get(0);
                }
            }
        }
        throw new IOException("no JDK " + feature + " is in " + JDKS);
    }

    private static boolean isOne(Path home, int feature) {
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.readString(home.resolve("release"))
                            .contains("JAVA_VERSION=\"" + feature + ".");
        } catch (IOException e) {
            return false; // no release file: not a JDK, or its old name
        }
    }
}
