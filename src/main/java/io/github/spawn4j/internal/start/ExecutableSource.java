// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.start;

import java.io.IOException;

/** Where an empty process that came from a template takes its executable from. Thread-safe. */
public interface ExecutableSource {
    /** The program to spawn from now. */
    TemplateProgram current() throws IOException;

    /**
     * Told that {@code program} was stale, or closed by somebody else. Returns whether {@link
     * #current} now has another one to try.
     */
    boolean replace(TemplateProgram program);

    /**
     * To be called where it is not asked for its program.
     *
     * @throws IOException with EBADF if it is closed
     */
    void checkOpen() throws IOException;

    /** The same for a copy of the process. */
    ExecutableSource another();
}
