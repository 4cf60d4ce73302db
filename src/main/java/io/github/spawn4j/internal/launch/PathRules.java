// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/** Paths that a child may use, as the child reads them. One thread at a time. */
public final class PathRules {
    private static final String[] DEVICES = {
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"
    };

    private final ByteArrayOutputStream rules = new ByteArrayOutputStream();
    private final StringBuilder words = new StringBuilder();

    /** A path that may be read and executed, and all below it. */
    public void read(Path path) {
        add(RequestLayout.PATH_READ, PathBytes.of("path", path));
        say("read-only \"" + Text.printable(path.toString()) + "\"");
    }

    /** A path with which everything may be done, and all below it. */
    public void write(Path path) {
        add(RequestLayout.PATH_WRITE, PathBytes.of("path", path));
        say("read-write \"" + Text.printable(path.toString()) + "\"");
    }

    /** The devices that every program may write to, if they are there. */
    public void devices() {
        for (String device : DEVICES) {
            add(RequestLayout.PATH_DEVICE, Text.encode("device", device));
        }
        say("devices");
    }

    private void add(int kind, byte[] path) {
        rules.write(kind);
        rules.write(path, 0, path.length);
    }

    private void say(String rule) {
        words.append(words.length() == 0 ? "" : ", ").append(rule);
    }

    public Attribute attribute() {
        return Attribute.paths(rules.toByteArray(), words.toString());
    }
}
