// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;

/** Makes jars, and takes them apart. */
final class Jars {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private Jars() {}

    /** Where a class was loaded from: a jar, or a folder. */
    static Path origin(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** The packages that a module exports to everybody. */
    static List<String> exports(ModuleDescriptor module) {
        return module.exports().stream()
                .filter(exported -> !exported.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .toList();
    }

    /**
     * A jar of all that is in a folder, its manifest included.
     *
     * @param options of the tool jar
     */
    static Path make(Path jar, Path folder, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--create", "--file", jar.toString()));
        arguments.addAll(Arrays.asList(options));
        if (Files.exists(folder.resolve(MANIFEST))) {
            arguments.addAll(List.of("--manifest", folder.resolve(MANIFEST).toString()));
        }
        arguments.addAll(List.of("-C", folder.toString(), "."));
        run("jar", arguments);
        return jar;
    }

    /** Leaves out what is of one jar only: its manifest, and what makes it a module. */
    static void unpack(Path jar, Path folder) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                String name = entry.getName();
                if (!entry.isDirectory()
                        && !name.equals(MANIFEST)
                        && !name.endsWith("module-info.class")) {
                    Path target = folder.resolve(name);
                    Files.createDirectories(target.getParent());
                    try (InputStream in = file.getInputStream(entry)) {
                        Files.copy(in, target);
                    }
                }
            }
        }
    }

    static void run(String tool, List<String> arguments) {
        int exit =
                ToolProvider.findFirst(tool)
                        .orElseThrow()
                        .run(System.out, System.err, arguments.toArray(new String[0]));
        assertThat(exit).as(tool + " " + arguments).isZero();
    }
}
