// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The versions of what is compared, as the build knows them. */
final class Versions {
    private Versions() {}

    /** By library. */
    static Map<String, Object> all() {
        Properties properties = new Properties();
        try (InputStream file = Versions.class.getResourceAsStream("versions.properties")) {
            properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> versions = new TreeMap<>();
        properties.forEach((library, version) -> versions.put(library.toString(), version));
        return versions;
    }
}
