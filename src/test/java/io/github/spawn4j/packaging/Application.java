// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import io.github.spawn4j.PidfdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;

/**
 * An application that uses the library: a module that is compiled against the jars of its
 * dependencies, as its users' are.
 */
final class Application {
    static final String MODULE = "greeter";
    static final String MAIN = "greeter.Greeter";

    private static final String MODULE_SOURCE =
            """
            module greeter {
                requires io.github.spawn4j;
                exports greeter;
            }
            """;
    private static final String MAIN_SOURCE =
            """
            package greeter;

            import io.github.spawn4j.PidfdProcess;
            import io.github.spawn4j.Pipeline;
            import io.github.spawn4j.RunOptions;
            import java.time.Duration;

            public final class Greeter {
                private Greeter() {}

                public static void main(String[] args) throws Exception {
                    RunOptions options = RunOptions.timeout(Duration.ofSeconds(30)).expectExit(0);
                    System.out.println(
                            Pipeline.of(PidfdProcess.builder("echo", "hello"), PidfdProcess.builder("cat"))
                                    .run(options)
                                    .stdout()
                                    .text());
                }
            }
            """;

    /** For OSGi; others do not read it. */
    private static final String MANIFEST =
            """
            Manifest-Version: 1.0
            Main-Class: greeter.Greeter
            Bundle-ManifestVersion: 2
            Bundle-SymbolicName: greeter
            Import-Package: io.github.spawn4j
            """;

    /** The library, as the build packs it. */
    final Path library;

    /** The one dependency that the library has at run time. */
    final Path slf4j;

    /** The application's own jar. */
    final Path own;

    Application(Path folder) throws Exception {
        library = Jars.make(folder.resolve("spawn4j.jar"), Jars.origin(PidfdProcess.class));
        slf4j = Jars.origin(Logger.class);

        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path module = Files.writeString(sources.resolve("module-info.java"), MODULE_SOURCE);
        Path main = Files.writeString(sources.resolve("Greeter.java"), MAIN_SOURCE);
        Path classes = folder.resolve("classes");
        Jars.run(
                "javac",
                List.of(
                        "-Xlint:all,-classfile",
                        "-Werror",
                        "--module-path",
                        joined(library, slf4j),
                        "-d",
                        classes.toString(),
                        module.toString(),
                        main.toString()));
        Files.createDirectories(classes.resolve("META-INF"));
        Files.writeString(classes.resolve("META-INF/MANIFEST.MF"), MANIFEST);
        own = Jars.make(folder.resolve("greeter.jar"), classes);
    }

    /** All jars, as a path for classes or modules. */
    String path() {
        return joined(library, slf4j, own);
    }

    private static String joined(Path... files) {
        return String.join(":", List.of(files).stream().map(Path::toString).toList());
    }
}
