// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.access.EverydayAccess;
import io.github.spawn4j.internal.start.Launched;
import java.io.IOException;

/** What this package shows the other exported ones. */
final class Inside implements EverydayAccess {
    static {
        Access.register(new Inside());
    }

    private Inside() {}

    @Override
    public PidfdProcess process(Launched launched) throws IOException {
        return new PidfdProcess(new KernelNewborn(launched), false, null, null, null);
    }

    @Override
    public SpawnException exception(String program, IOException failure) {
        return SpawnException.of(program, null, failure);
    }
}
