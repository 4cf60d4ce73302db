// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Processes of processes, which must not outlive the test, whatever it finds. */
public final class Descendants implements AfterEachCallback {
    private final List<Long> pids = new ArrayList<>();

    /** The next line of the process' output, which is a pid. */
    public long pidFrom(BufferedReader output) throws IOException {
        return add(output.readLine());
    }

    public long add(String pid) {
        long number = Long.parseLong(pid.strip());
        pids.add(number);
        return number;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        pids.clear();
    }
}
