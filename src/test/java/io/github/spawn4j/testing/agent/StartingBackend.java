// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import java.io.IOException;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/** A backend of SLF4J that starts a process to initialize. */
public final class StartingBackend extends NOP_FallbackServiceProvider {
    @Override
    public void initialize() {
        super.initialize();
        try {
            Process process = new ProcessBuilder("hostname").start();
            System.out.println("backend: " + process.getClass().getName());
            process.waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
