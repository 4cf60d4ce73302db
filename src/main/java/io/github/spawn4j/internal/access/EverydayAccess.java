// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.access;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.start.Launched;
import java.io.IOException;

/** What {@code io.github.spawn4j} shows. */
public interface EverydayAccess {
    /**
     * The process that has just been started, with no more than its streams and its exit.
     *
     * @throws IOException if it cannot be watched; it is left to the caller then
     */
    PidfdProcess process(Launched launched) throws IOException;

    /** What a user is told of the failure of a system call. */
    SpawnException exception(String program, IOException failure);
}
