package io.github.spawn4j.internal.os;

import org.slf4j.LoggerFactory;

/**
 * A logger that never throws, whatever the logging backend does and however little memory is left:
 * what goes wrong while something is told must not be worse than what was to be told. Thread-safe.
 *
 * <p>The backend is asked anew for each message, so that no class of ours fails to initialize when
 * the backend fails once. All messages are about what seldom happens.
 */
public final class Log {
    private final Class<?> owner;

    public Log(Class<?> owner) {
        this.owner = owner;
    }

    /**
     * Formats as {@link org.slf4j.Logger#debug(String, Object, Object)} does.
     *
     * @param last an object, or an exception whose trace is wanted
     */
    public void debug(String format, Object first, Object last) {
        try {
            LoggerFactory.getLogger(owner).debug(format, first, last);
        } catch (Throwable unspeakable) {
            // Nobody is left to be told.
        }
    }

    /** Likewise, as an error. */
    public void error(String format, Object first, Object last) {
        try {
            LoggerFactory.getLogger(owner).error(format, first, last);
        } catch (Throwable unspeakable) {
            // As above.
        }
    }
}
