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
import java.util.LinkedHashSet;
import java.util.List;
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
    private static final String LIBRARY = "libspawn4j.so";
    private static final String RELOCATED = "app.shaded_spawn4j";

    @TempDir private static Path folder;

    @BeforeAll
    static void relocate() throws Exception {
        Path tests = folder.resolve("tests");
        copyPackage(Tenant.class, tests);
        shade(jar(), RELOCATED, location(PidfdProcess.class), tests);
    }

    /** Puts all of {@code content} into one jar, in its order, under another package. */
    private static void shade(Path jar, String name, Path... content) throws Exception {
        ShadeRequest request = new ShadeRequest();
        request.setJars(
                Stream.of(content)
                        .map(Path::toFile)
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
        request.setRelocators(List.of(new SimpleRelocator(PACKAGE, name, null, null)));
        request.setFilters(List.of());
        request.setResourceTransformers(List.of());
        request.setUberJar(jar.toFile());
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
    private static String classPathWithoutOriginal(Path jar) {
        return jar
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
                                classPathWithoutOriginal(jar()),
                                relocated(PassingLimits.class),
                                "library");

        assertThat(output)
                .contains(PassingLimits.SAYS + "works")
                // Until then it was kept from loading, by a property that bears the name as well.
                .contains("system property " + RELOCATED + ".workdir");
    }

    /** The other one is of a version whose native half is of no use to this one. */
    @Test
    void findsItsOwnNativeHalfBesideAnotherVersion() throws Exception {
        Path version = folder.resolve("version");
        copyAll(location(PidfdProcess.class), version);
        try (Stream<Path> files = Files.walk(version)) {
            for (Path file : files.filter(it -> it.endsWith(LIBRARY)).toList()) {
                Files.writeString(file, "another version's");
            }
        }
        Path other = folder.resolve("other.jar");
        shade(other, "app.other", version);
        Path both = folder.resolve("both.jar");
        shade(both, RELOCATED, other, jar());

        String output =
                SecondJvm.startedBy()
                        .runOnClassPath(
                                classPathWithoutOriginal(both),
                                relocated(PassingLimits.class),
                                "library");

        assertThat(output).contains(PassingLimits.SAYS + "works");
    }

    private static void copyAll(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void loadsALibraryThatAPropertyNames() throws Exception {
        Path any = folder.resolve("any.so");
        try (Stream<Path> files = Files.walk(location(PidfdProcess.class))) {
            Path library =
                    files.filter(it -> it.endsWith("linux-" + machine() + "/" + LIBRARY))
                            .findFirst()
                            .orElseThrow();
            Files.copy(library, any);
        }

        String output =
                SecondJvm.startedBy()
                        .option("-D" + RELOCATED + ".library=" + any)
                        .runOnClassPath(
                                classPathWithoutOriginal(jar()),
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
