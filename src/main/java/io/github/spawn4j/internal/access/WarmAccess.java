// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.access;

import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.warm.HelperBudget;
import io.github.spawn4j.internal.warm.WarmProgram;
import io.github.spawn4j.warm.ColdReason;
import io.github.spawn4j.warm.Warm;

/** What {@code io.github.spawn4j.warm} shows. */
public interface WarmAccess {
    /**
     * A program that is kept warm.
     *
     * @param fromStart from which start on it has a helper
     * @param budget how many helpers there may be, or null
     */
    WarmProgram program(
            Warm settings,
            byte[] path,
            Strings arguments,
            Strings environment,
            int fromStart,
            HelperBudget budget);

    /** The reason with a number of the native half. */
    ColdReason reason(int code);

    /** Its number there. */
    int code(ColdReason reason);
}
