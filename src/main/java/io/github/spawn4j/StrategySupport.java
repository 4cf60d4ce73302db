// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.NativeHalf;
import java.io.IOException;
import java.util.Locale;

/** Which strategies can be used here, and which one is if nobody names one. Thread-safe. */
final class StrategySupport {
    private static final Log LOG = Log.of(StrategySupport.class);

    /** Names the strategy of all processes that name none. */
    private static final String PROPERTY = "io.github.spawn4j.strategy";

    /** Null until it has been decided for good. */
    private static volatile SpawnStrategy automatic;

    private static volatile boolean told;

    private StrategySupport() {}

    static SpawnStrategy automatic() {
        SpawnStrategy known = automatic;
        return known != null ? known : decide();
    }

    private static SpawnStrategy decide() {
        String name = System.getProperty(PROPERTY);
        if (name != null) {
            SpawnStrategy named = named(name);
            automatic = named;
            return named;
        }
        String reason = refusal(SpawnStrategy.CLONE3);
        if (reason == null) {
            automatic = SpawnStrategy.CLONE3;
            return SpawnStrategy.CLONE3;
        }
        if (NativeHalf.lacksDescriptors()) {
            return SpawnStrategy.CLONE3; // which says so, and the next start tries again
        }
        if (!told) {
            told = true;
            LOG.warn("processes are started by the JDK: {}", reason);
        }
        if (!NativeHalf.isLinux()) {
            automatic = SpawnStrategy.JDK;
        }
        return SpawnStrategy.JDK;
    }

    private static SpawnStrategy named(String name) {
        try {
            return SpawnStrategy.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "property " + PROPERTY + " names no strategy: \"" + name + "\"", e);
        }
    }

    /** Why a strategy cannot be used here, or null if it can. */
    static String refusal(SpawnStrategy strategy) {
        if (strategy == SpawnStrategy.JDK) {
            return null;
        }
        String absence = NativeHalf.absence();
        if (absence != null) {
            return absence;
        }
        try {
            return refusal(strategy, Kernel.capabilities());
        } catch (IOException e) {
            return null; // there could be no child to ask just now: the start says so
        }
    }

    private static String refusal(SpawnStrategy strategy, long capabilities) {
        if ((capabilities & Kernel.WAITID_PIDFD) == 0) {
            return "waitid(2) by pidfd is not allowed here; Linux 5.4 knows it";
        }
        boolean hasClone3 = strategy == SpawnStrategy.CLONE3 && (capabilities & Kernel.CLONE3) != 0;
        if (strategy == SpawnStrategy.POSIX_SPAWN) {
            return (capabilities & Kernel.PIDFD_OPEN) == 0
                    ? "pidfd_open(2) is not allowed here; Linux 5.3 knows it"
                    : null;
        }
        return hasClone3 || (capabilities & Kernel.CLONE_PIDFD) != 0
                ? null
                : "clone(CLONE_PIDFD) is not allowed here; Linux 5.2 knows it";
    }
}
