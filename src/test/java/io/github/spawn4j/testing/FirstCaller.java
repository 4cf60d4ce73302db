// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** An application that is the first to use a library which others use too. */
public final class FirstCaller {
    private static final InheritableThreadLocal<FirstCaller> OWNER = new InheritableThreadLocal<>();

    private FirstCaller() {}

    /** Has a copy of this class of its own; everything else is its parent's. */
    public static final class Loader extends ClassLoader {
        Loader() {
            super(FirstCaller.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(FirstCaller.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(
                        name, bytes, 0, bytes.length, FirstCaller.class.getProtectionDomain());
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /**
     * Starts a child that keeps all threads of the library busy, on a thread with everything that a
     * thread could inherit. Returns the thread.
     */
    public static Thread call(AtomicReference<Process> process) {
        ThreadGroup group = new ThreadGroup("application");
        Thread thread =
                new Thread(
                        group,
                        () -> {
                            OWNER.set(new FirstCaller());
                            process.set(start());
                        },
                        "application");
        thread.setContextClassLoader(FirstCaller.class.getClassLoader());
        thread.start();
        return thread;
    }

    private static Process start() {
        try {
            PidfdProcess cat =
                    PidfdProcess.builder("/bin/cat")
                            .parentDeathSignal(Signal.KILL)
                            .teardown(
                                    Teardown.first(Signal.KILL, Duration.ofSeconds(1))
                                            .ofGroup()
                                            .atShutdown())
                            .start();
            return cat;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
