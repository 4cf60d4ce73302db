// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import java.io.IOException;

/** Processes are left that no signal can reach any more, so that no further step will help. */
public final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message) {
        super(message);
    }
}
