package io.github.spawn4j;

import io.github.spawn4j.internal.io.Leftovers;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.WriteDenial;
import java.io.IOException;

/**
 * The program of a template: held open, and where that is wanted kept from being written to.
 * Thread-safe; it belongs to the template, which closes it or is dropped.
 */
final class TemplateProgram implements AutoCloseable {
    private final PinnedExecutable executable;

    /** Null where writers are not denied. */
    private final WriteDenial denial;

    private TemplateProgram(PinnedExecutable executable, WriteDenial denial) {
        this.executable = executable;
        this.denial = denial;
    }

    /**
     * Takes over {@code executable}, which is closed if this fails.
     *
     * @throws IOException if writers cannot be denied
     */
    static TemplateProgram of(PinnedExecutable executable, boolean deniesWrite) throws IOException {
        try {
            return new TemplateProgram(executable, deniesWrite ? WriteDenial.of(executable) : null);
        } catch (IOException | RuntimeException | Error e) {
            executable.close();
            throw e;
        }
    }

    /** Closes it when {@code template} is dropped, or at once if that cannot be arranged. */
    void closeWithDropped(Object template) {
        try {
            Leftovers.closeWhenDropped(
                    template,
                    new Runnable() {
                        @Override
                        public void run() {
                            close();
                        }
                    });
        } catch (RuntimeException | Error e) {
            close(); // as nobody else can
            throw e;
        }
    }

    PinnedExecutable executable() {
        return executable;
    }

    /** Closing twice does nothing. */
    @Override
    public void close() {
        executable.close();
        if (denial != null) {
            denial.close();
        }
    }
}
