// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The programs of {@code native/programs}, as files that can be started. They lie in the tools jar
 * and are copied to a temporary directory, which is deleted on close. Tests, which have no such
 * jar, name the folder of the native build with the property {@code spawn4j.native.bin}.
 */
public final class NativePrograms implements AutoCloseable {
    private static final String BUILD = System.getProperty("spawn4j.native.bin");

    private final TemporaryDirectory directory = new TemporaryDirectory();

    public NativePrograms() throws IOException {}

    /** The path of a program that lies in the jar, such as {@code noop}. */
    public String path(String name) throws IOException {
        if (BUILD != null) {
            return Path.of(BUILD, name).toString();
        }
        Path file = directory.path().resolve(name);
        if (Files.notExists(file)) {
            extract(name, file);
        }
        return file.toString();
    }

    private static void extract(String name, Path file) throws IOException {
        String resource = "/META-INF/native/programs/" + name;
        try (InputStream program = NativePrograms.class.getResourceAsStream(resource)) {
            if (program == null) {
                throw new IOException("this jar has no " + resource);
            }
            Files.copy(program, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
