// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.start;

import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.WriteDenial;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.warm.WarmProgram;
import java.io.IOException;

/**
 * The program of a template: held open, and where that is wanted kept from being written to.
 * Thread-safe; it belongs to the template, which closes it or is dropped.
 */
public final class TemplateProgram implements AutoCloseable {
    private final PinnedExecutable executable;

    /** Null where writers are not denied. */
    private final WriteDenial denial;

    /** Null where it is not started warm. */
    private final WarmProgram warm;

    private TemplateProgram(PinnedExecutable executable, WriteDenial denial, WarmProgram warm) {
        this.executable = executable;
        this.denial = denial;
        this.warm = warm;
    }

    /** Takes both over; {@code warm} may be null. */
    public TemplateProgram(PinnedExecutable executable, WarmProgram warm) {
        this(executable, null, warm);
    }

    /**
     * Takes over {@code executable}, which is closed if this fails.
     *
     * @throws IOException if writers cannot be denied
     */
    public static TemplateProgram of(PinnedExecutable executable, boolean deniesWrite)
            throws IOException {
        return of(executable, deniesWrite, null);
    }

    /** The same of a program that is started warm if {@code warm} is not null; taken over too. */
    public static TemplateProgram of(
            PinnedExecutable executable, boolean deniesWrite, WarmProgram warm) throws IOException {
        try {
            WriteDenial denial = deniesWrite ? WriteDenial.of(executable) : null;
            return new TemplateProgram(executable, denial, warm);
        } catch (IOException | RuntimeException | Error e) {
            executable.close();
            throw e;
        }
    }

    /** Closes it when {@code template} is dropped, or at once if that cannot be arranged. */
    public void closeWithDropped(Object template) {
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

    public PinnedExecutable executable() {
        return executable;
    }

    /** Null where it is not started warm. */
    public WarmProgram warm() {
        return warm;
    }

    /** Closing twice does nothing. */
    @Override
    public void close() {
        executable.close();
        if (warm != null) {
            warm.close();
        }
        if (denial != null) {
            denial.close();
        }
    }
}
