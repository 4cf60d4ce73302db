// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.strict.SpawnAction;
import java.nio.file.Path;

/** Actions that several tests have a child take. */
public final class Actions {
    private static final int RDONLY = 0;

    private Actions() {}

    /** Opens a file for reading as this number. */
    public static SpawnAction open(Path path, int number) {
        return SpawnAction.open(OpenFlags.AT_FDCWD, path.toString(), number, RDONLY, 0, 0);
    }
}
