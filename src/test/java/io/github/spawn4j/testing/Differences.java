// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of {@code docs/differences.md}, what is different from {@link ProcessBuilder}, by the
 * keys of its rows.
 */
public final class Differences {
    private static final String ROW = "| ";

    private Differences() {}

    /** Checks that the table has a row for a difference that a case has found. */
    public static void assertListed(String key) {
        assertThat(keys()).as("rows of docs/differences.md").contains(key);
    }

    /** The first column, without its heading. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (String line : lines()) {
            if (line.startsWith(ROW)) {
                keys.add(line.substring(ROW.length(), line.indexOf(" |", ROW.length())).strip());
            }
        }
        assertThat(keys).as("rows of docs/differences.md").hasSizeGreaterThan(1);
        return keys.subList(1, keys.size());
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("docs/differences.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
