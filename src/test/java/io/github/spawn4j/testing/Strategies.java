// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.SpawnStrategy;
import java.util.EnumSet;
import java.util.Set;

/** Which strategies have something in common. */
public final class Strategies {
    private Strategies() {}

    /** Those that ask the kernel themselves, and so have all that it offers. */
    public static Set<SpawnStrategy> ofTheKernel() {
        return EnumSet.complementOf(EnumSet.of(SpawnStrategy.JDK));
    }
}
