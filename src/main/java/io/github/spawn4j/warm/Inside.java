// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.access.WarmAccess;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.warm.HelperBudget;
import io.github.spawn4j.internal.warm.WarmProgram;

/** What this package shows the other exported ones. */
final class Inside implements WarmAccess {
    static {
        Access.register(new Inside());
    }

    private Inside() {}

    @Override
    public WarmProgram program(
            Warm settings,
            byte[] path,
            Strings arguments,
            Strings environment,
            int fromStart,
            HelperBudget budget) {
        return settings.program(path, arguments, environment, fromStart, budget);
    }

    @Override
    public ColdReason reason(int code) {
        return ColdReason.of(code);
    }

    @Override
    public int code(ColdReason reason) {
        return reason.code();
    }
}
