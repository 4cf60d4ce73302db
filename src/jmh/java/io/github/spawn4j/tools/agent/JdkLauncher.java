// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.File;
import java.io.IOException;
import java.util.Map;

/** Starts calls with {@link ProcessBuilder}. */
final class JdkLauncher implements Launcher {
    private static final File NULL = new File("/dev/null");

    private final Place place;

    JdkLauncher(Place place) {
        this.place = place;
    }

    @Override
    public Process start(Call call) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(place.command(call))
                        .directory(place.directory().toFile())
                        .redirectInput(NULL)
                        .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(place.environment());
        return builder.start();
    }
}
