package io.github.spawn4j.tools.agent;

import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.util.Locale;

/** The ways to start calls, in the order in which they are shown. The first is the others' base. */
public enum Way {
    JDK {
        @Override
        public Launcher open(Workload workload) {
            return new JdkLauncher(workload);
        }
    },

    BUILDER {
        @Override
        public Launcher open(Workload workload) {
            return new BuilderLauncher(workload);
        }
    },

    TEMPLATE {
        @Override
        public Launcher open(Workload workload) throws IOException {
            return new TemplateLauncher(workload, null);
        }
    },

    /** Templates that keep their programs warm, with children waiting. */
    WARM {
        @Override
        public Launcher open(Workload workload) throws IOException {
            return new TemplateLauncher(workload, Warm.on().parked(PARKED));
        }
    };

    private static final int PARKED = 8;

    /** To be closed by the caller. */
    public abstract Launcher open(Workload workload) throws IOException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
