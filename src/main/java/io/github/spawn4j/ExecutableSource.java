package io.github.spawn4j;

import io.github.spawn4j.internal.launch.PinnedExecutable;
import java.io.IOException;

/** Where an empty process that came from a template takes its executable from. Thread-safe. */
interface ExecutableSource {
    /** The executable to spawn from now. */
    PinnedExecutable current() throws IOException;

    /**
     * Told that {@code executable} was stale, or closed by somebody else. Returns whether {@link
     * #current} now has another one to try.
     */
    boolean replace(PinnedExecutable executable);
}
