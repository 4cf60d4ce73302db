// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.loader.launch.JarLauncher;

/** The ways in which an application that uses the library is shipped, each in a JVM of its own. */
@Timeout(120)
class PackagingTest {
    /** What the application prints; nothing, such as a warning, comes with it. */
    private static final String GREETING = "hello\n\n";

    @TempDir private static Path folder;

    private static Application application;

    @BeforeAll
    static void makeApplication() throws Exception {
        application = new Application(folder);
    }

    @Test
    void startsProcessesOnTheClassPath() throws Exception {
        assertThat(
                        JavaCommand.ofTests()
                                .allowNativeAccess("ALL-UNNAMED")
                                .with("-cp", application.path(), Application.MAIN)
                                .run())
                .isEqualTo(GREETING);
    }

    @Test
    void startsProcessesOnTheModulePath() throws Exception {
        assertThat(
                        JavaCommand.ofTests()
                                .allowNativeAccess("io.github.spawn4j")
                                .with("--module-path", application.path())
                                .with("--module", Application.MODULE + "/" + Application.MAIN)
                                .run())
                .isEqualTo(GREETING);
    }

    @Test
    void startsProcessesInAnImageOfJlinkWithNoMoreThanTheBaseOfTheJdk() throws Exception {
        Path image = folder.resolve("image");
        Jars.run(
                "jlink",
                List.of(
                        "--module-path",
                        application.path(),
                        "--add-modules",
                        Application.MODULE,
                        "--output",
                        image.toString()));

        assertThat(Files.readString(image.resolve("release")))
                .contains("MODULES=\"java.base org.slf4j io.github.spawn4j greeter\"");
        assertThat(
                        JavaCommand.of(image)
                                .allowNativeAccess("io.github.spawn4j")
                                .with("--module", Application.MODULE + "/" + Application.MAIN)
                                .run())
                .isEqualTo(GREETING);
    }

    @Test
    void startsProcessesFromAFatJar() throws Exception {
        Path content = folder.resolve("fat");
        for (Path jar : List.of(application.library, application.slf4j, application.own)) {
            Jars.unpack(jar, content);
        }
        writeManifest(content, Application.MAIN, "Enable-Native-Access: ALL-UNNAMED\n");
        Path jar = Jars.make(folder.resolve("fat.jar"), content);

        assertThat(JavaCommand.ofTests().with("-jar", jar).run()).isEqualTo(GREETING);
    }

    /** As Spring Boot packs an application: the jars lie in a jar, uncompressed. */
    @Test
    void startsProcessesFromAJarWithinAJar() throws Exception {
        Path content = folder.resolve("nested");
        Jars.unpack(Jars.origin(JarLauncher.class), content);
        Path jars = Files.createDirectories(content.resolve("BOOT-INF/lib"));
        for (Path jar : List.of(application.library, application.slf4j, application.own)) {
            Files.copy(jar, jars.resolve(jar.getFileName()));
        }
        writeManifest(
                content,
                JarLauncher.class.getName(),
                "Enable-Native-Access: ALL-UNNAMED\nStart-Class: " + Application.MAIN + "\n");
        Path jar = Jars.make(folder.resolve("nested.jar"), content, "--no-compress");

        assertThat(JavaCommand.ofTests().with("-jar", jar).run()).isEqualTo(GREETING);
    }

    @Test
    void startsProcessesAsABundleOfOsgi() throws Exception {
        assertThat(
                        JavaCommand.ofTests()
                                .allowNativeAccess("ALL-UNNAMED")
                                .allowUnsafe()
                                .with("-cp", System.getProperty("java.class.path"))
                                .with(OsgiHost.class.getName(), folder.resolve("osgi"))
                                .with(Application.MODULE, Application.MAIN)
                                .with(application.library, application.slf4j, application.own)
                                .run())
                .isEqualTo(GREETING);
    }

    private static void writeManifest(Path content, String main, String more) throws Exception {
        Files.createDirectories(content.resolve("META-INF"));
        Files.writeString(
                content.resolve("META-INF/MANIFEST.MF"),
                "Manifest-Version: 1.0\nMain-Class: " + main + "\n" + more);
    }
}
