// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.access;

import io.github.spawn4j.internal.launch.Action;
import io.github.spawn4j.strict.SpawnAction;

/** What {@code io.github.spawn4j.strict} shows. */
public interface StrictAccess {
    Action action(SpawnAction action);
}
