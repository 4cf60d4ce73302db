// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Generated source files in {@code src/}, and what is in them. */
final class SourceTree {
    static final int FILES = 40;
    static final int LINES = 200;

    /** A word that is in five lines of every file. */
    static final String NEEDLE = "TODO";

    private static final int NEEDLE_DISTANCE = 40;

    private final Path root;
    private final List<List<String>> files = new ArrayList<>();

    SourceTree(Path root) throws IOException {
        this.root = root;
        Files.createDirectory(root.resolve("src"));
        for (int file = 0; file < FILES; file++) {
            List<String> lines = new ArrayList<>();
            for (int line = 0; line < LINES; line++) {
                lines.add(
                        line % NEEDLE_DISTANCE == file
                                ? "    # " + NEEDLE + ": can step " + line + " be left out?"
                                : "    total = step(total, " + file + ", " + line + ")");
            }
            files.add(lines);
            add(path(file), text(file));
        }
    }

    void add(String path, String text) throws IOException {
        Files.writeString(root.resolve(path), text);
    }

    void append(int file, String line) throws IOException {
        lines(file).add(line);
        add(path(file), text(file));
    }

    static String name(int file) {
        return String.format("module%02d.py", file);
    }

    static String path(int file) {
        return "src/" + name(file);
    }

    List<String> lines(int file) {
        return files.get(file);
    }

    String text(int file) {
        return text(lines(file));
    }

    static String text(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }
}
