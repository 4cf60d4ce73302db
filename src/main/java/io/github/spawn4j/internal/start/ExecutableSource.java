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

    /** The same for a copy of the process. */
    ExecutableSource another();
}
