// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.Closeable;
import java.io.IOException;

/**
 * A way to start calls: with the directory and environment of a {@link Place}, nothing to read, and
 * errors merged into the output, which is a pipe. Thread-safe.
 */
interface Launcher extends Closeable {
    Process start(Call call) throws IOException;

    @Override
    default void close() {}
}
