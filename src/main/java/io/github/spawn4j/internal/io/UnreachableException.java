package io.github.spawn4j.internal.io;

import java.io.IOException;

/** Somebody is left whom no signal can be sent to any more, so that no further step will help. */
final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message) {
        super(message);
    }
}
