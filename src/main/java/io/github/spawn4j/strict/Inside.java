// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.access.StrictAccess;
import io.github.spawn4j.internal.launch.Action;

/** What this package shows the other exported ones. */
final class Inside implements StrictAccess {
    static {
        Access.register(new Inside());
    }

    private Inside() {}

    @Override
    public Action action(SpawnAction action) {
        return action.action();
    }
}
