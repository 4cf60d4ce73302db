// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.util.ServiceLoader;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The log of one class. Never throws, and touches SLF4J only when there is something to say: the
 * first touch makes SLF4J print a warning where no backend is installed. Thread-safe.
 */
public final class Log {
    /** Whether somebody may listen to what is no warning; null until that has been found out. */
    private static volatile Boolean hasBackend;

    // Numbers: a class of their own could not be read where there is no descriptor left.
    private static final int DEBUG = 0;
    private static final int WARN = 1;
    private static final int ERROR = 2;

    /** The thread that looks, or null. No lock, as one stays locked where a stack overflows. */
    private static volatile Thread finder;

    private static final int MOST_PAUSES = 1000;
    private static final long PAUSE_NS = 1_000_000;

    private final Class<?> owner;

    /** Null until something is said. Two threads that are the first get the same one. */
    private volatile Logger logger;

    private Log(Class<?> owner) {
        this.owner = owner;
    }

    /** The log that bears the name of {@code owner}. */
    public static Log of(Class<?> owner) {
        return new Log(owner);
    }

    /** As {@link Logger#debug(String, Object...)}; not worth SLF4J's warning. */
    public void debug(String format, Object... arguments) {
        say(DEBUG, format, arguments);
    }

    /** The same without an array at the caller's, who may be looking after a want of memory. */
    public void debug(String format, Object argument, Throwable e) {
        say(DEBUG, format, argument, e);
    }

    /** As {@link Logger#warn(String, Object...)}. */
    public void warn(String format, Object... arguments) {
        say(WARN, format, arguments);
    }

    /** As {@link Logger#error(String, Object...)}. */
    public void error(String format, Object... arguments) {
        say(ERROR, format, arguments);
    }

    /** The same without an array at the caller's. */
    public void error(String format, Object argument, Throwable e) {
        say(ERROR, format, argument, e);
    }

    private void say(int level, String format, Object argument, Throwable e) {
        try {
            tell(level, format, argument, e);
        } catch (Throwable none) {
            // as below
        }
    }

    private void say(int level, String format, Object... arguments) {
        try {
            tell(level, format, arguments);
        } catch (Throwable e) {
            // A backend is code of others, and memory may be missing. The caller has a child to
            // look after, and nobody else could be told of this either.
        }
    }

    private void tell(int level, String format, Object... arguments) {
        if (level == DEBUG && !hasBackend()) {
            return;
        }
        Logger known = logger;
        if (known == null) {
            known = find();
            logger = known;
        }
        tell(known, level, format, arguments);
    }

    private static void tell(Logger to, int level, String format, Object... arguments) {
        switch (level) {
            case DEBUG -> to.debug(format, arguments);
            case WARN -> to.warn(format, arguments);
            default -> to.error(format, arguments);
        }
    }

    /**
     * Two threads of ours in turns, as SLF4J prints a notice if somebody logs while it initializes.
     * But not for long: a backend that needs a process of ours to initialize may wait for us.
     */
    private Logger find() {
        boolean first = isFirst();
        for (int i = 0; !first && finder != Thread.currentThread() && i < MOST_PAUSES; i++) {
            LockSupport.parkNanos(PAUSE_NS);
            first = isFirst();
        }
        try {
            return LoggerFactory.getLogger(owner);
        } finally {
            if (first) {
                finder = null;
            }
        }
    }

    private static synchronized boolean isFirst() {
        if (finder != null) {
            return false;
        }
        finder = Thread.currentThread();
        return true;
    }

    /** Looks where SLF4J would look. */
    private static boolean hasBackend() {
        Boolean known = hasBackend;
        if (known == null) {
            // A literal does not initialize the class.
            ClassLoader loader = LoggerFactory.class.getClassLoader();
            known =
                    System.getProperty("slf4j.provider") != null
                            || ServiceLoader.load(SLF4JServiceProvider.class, loader)
                                    .iterator()
                                    .hasNext();
            hasBackend = known;
        }
        return known;
    }
}
