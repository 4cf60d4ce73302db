// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A program that does not end before this is closed, in front of one of the same name. */
final class StuckTool implements Closeable {
    private final Path directory;

    /** Who reads it waits for as long as somebody has it open for writing. */
    private final RandomAccessFile fifo;

    StuckTool(Path parent, String name) throws IOException, InterruptedException {
        directory = Files.createDirectory(parent.resolve("stuck"));
        Path wait = directory.resolve("wait");
        assertThat(PidfdProcess.builder("mkfifo", wait.toString()).start().waitFor()).isZero();
        fifo = new RandomAccessFile(wait.toFile(), "rw");
        Path program = directory.resolve(name);
        Files.writeString(program, "#!/bin/sh\nread line <'" + wait + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The PATH by which it is found first. */
    String searchPath() {
        return directory + File.pathSeparator + System.getenv("PATH");
    }

    @Override
    public void close() throws IOException {
        fifo.close();
    }
}
