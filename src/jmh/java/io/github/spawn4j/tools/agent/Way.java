// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.Jvms;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The ways to start calls, in the order in which they are shown. The first is the others' base. */
public enum Way {
    JDK {
        @Override
        Launcher open(Place place) {
            return new JdkLauncher(place);
        }
    },

    NUPROCESS {
        @Override
        Launcher open(Place place) {
            return new NuLauncher(place);
        }
    },

    /** Its subprocess module, which is no Java at all. */
    PYTHON {
        @Override
        Launcher open(Place place) {
            throw new UnsupportedOperationException("a program of its own");
        }

        @Override
        List<String> command(Place place, Path calls, Path script) throws IOException {
            String python = place.programs().get("python3");
            if (python == null) {
                throw new IOException("there is no python3");
            }
            return List.of(python, script.toString(), calls.toString());
        }
    },

    BUILDER {
        @Override
        Launcher open(Place place) {
            return new BuilderLauncher(place);
        }
    },

    TEMPLATE {
        @Override
        Launcher open(Place place) throws IOException {
            return new TemplateLauncher(place, null);
        }
    },

    /** Templates that keep their programs warm. */
    WARM {
        @Override
        Launcher open(Place place) throws IOException {
            return new TemplateLauncher(place, Warm.on());
        }
    },

    /** The same with children waiting. */
    PARKED {
        @Override
        Launcher open(Place place) throws IOException {
            return new TemplateLauncher(place, Warm.on().parked(WAITING));
        }
    };

    private static final int WAITING = 8;

    /** What starts calls in the JVM of an {@link AgentWorker}; to be closed by the caller. */
    abstract Launcher open(Place place) throws IOException;

    /**
     * The process that makes calls in this way.
     *
     * @param calls the file of a {@link CallsFile}
     * @param script the one that is in Python
     * @throws IOException if there can be none here
     */
    List<String> command(Place place, Path calls, Path script) throws IOException {
        return Jvms.command(AgentWorker.class, name(), calls);
    }

    /** Whether it may not work here: it is somebody else's, or needs another program. */
    public boolean maybeMissing() {
        return this == NUPROCESS || this == PYTHON;
    }

    /**
     * The one with this name, as {@link #toString} gives it.
     *
     * @throws IllegalArgumentException if there is none; it says which there are
     */
    public static Way of(String name) {
        return Stream.of(values())
                .filter(way -> way.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'" + name + "' is none of " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
