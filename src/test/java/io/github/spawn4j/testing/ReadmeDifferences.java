package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The README's table of what is different from {@link ProcessBuilder}, by the keys of its rows. */
public final class ReadmeDifferences {
    private static final String HEADING = "## What is different from ProcessBuilder";
    private static final String ROW = "| ";

    private ReadmeDifferences() {}

    /** Checks that the table has a row for a difference that a case has found. */
    public static void assertListed(String key) {
        assertThat(keys()).as("rows of the README's table of differences").contains(key);
    }

    /** The first column, without its heading. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>();
        boolean isInside = false;
        for (String line : lines()) {
            if (line.startsWith("## ")) {
                isInside = line.equals(HEADING);
            } else if (isInside && line.startsWith(ROW)) {
                keys.add(line.substring(ROW.length(), line.indexOf(" |", ROW.length())).strip());
            }
        }
        assertThat(keys).as("rows behind \"" + HEADING + "\"").isNotEmpty();
        return keys.subList(1, keys.size());
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
