// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.testing.ClassLoaders;
import io.github.spawn4j.testing.PassingLimits;
import io.github.spawn4j.testing.Tenant;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.maven.plugins.shade.DefaultShader;
import org.apache.maven.plugins.shade.ShadeRequest;
import org.apache.maven.plugins.shade.relocation.SimpleRelocator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The library works under another package's name, which maven-shade-plugin has given it. */
@Timeout(120)
class RelocationTest {
    private static final String PACKAGE = "io.github.spawn4j";
    private static final String RELOCATED = "app.shaded_spawn4j";

    @TempDir private static Path folder;

    @BeforeAll
    static void relocate() throws Exception {
        Path tests = folder.resolve("tests");
        copyPackage(Tenant.class, tests);
        ShadeRequest request = new ShadeRequest();
        request.setJars(Set.of(location(PidfdProcess.class).toFile(), tests.toFile()));
        request.setRelocators(List.of(new SimpleRelocator(PACKAGE, RELOCATED, null, null)));
        request.setFilters(List.of());
        request.setResourceTransformers(List.of());
        request.setUberJar(jar().toFile());
        new DefaultShader().shade(request);
    }

    private static Path jar() {
        return folder.resolve("application.jar");
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static void copyPackage(Class<?> member, Path to) throws Exception {
        Path classes = location(member);
        Path source = classes.resolve(member.getPackageName().replace('.', '/'));
        Path target = Files.createDirectories(to.resolve(classes.relativize(source).toString()));
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName().toString()));
            }
        }
    }

    private static String relocated(Class<?> type) {
        return type.getName().replace(PACKAGE, RELOCATED);
    }

    /** The jar instead of the classes that it was made of. */
    private static String classPathWithoutOriginal() {
        return jar()
                + File.pathSeparator
                + Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar"))
                        .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void doesAllThatItDoesUnderItsOwnName() throws Exception {
        String output =
                SecondJvm.startedBy()
                        .runOnClassPath(
                                classPathWithoutOriginal(),
                                relocated(PassingLimits.class),
                                "library");

        assertThat(output)
                .contains(PassingLimits.SAYS + "works")
                // Until then it was kept from loading, by a property that bears the name as well.
                .contains("system property " + RELOCATED + ".workdir");
    }

    @Test
    void loadsALibraryThatAPropertyNames() throws Exception {
        Path library = folder.resolve("any.so");
        Files.copy(
                location(PidfdProcess.class)
                        .resolve("META-INF/native/linux-" + machine() + "/libspawn4j.so"),
                library);

        String output =
                SecondJvm.startedBy()
                        .option("-D" + RELOCATED + ".library=" + library)
                        .runOnClassPath(
                                classPathWithoutOriginal(),
                                relocated(PassingLimits.class),
                                "library");

        assertThat(output).contains(PassingLimits.SAYS + "works");
    }

    private static String machine() {
        return System.getProperty("os.arch").replace("amd64", "x86_64");
    }

    @Test
    void sharesTheReservedDescriptorsWithTheCopyBesideIt() throws Exception {
        String classPath = System.getProperty("java.class.path") + File.pathSeparator + jar();

        assertThat(
                        SecondJvm.startedBy()
                                .runOnClassPath(
                                        classPath,
                                        ClassLoaders.class,
                                        "relocated",
                                        relocated(Tenant.class)))
                .isEqualTo("done");
    }
}
