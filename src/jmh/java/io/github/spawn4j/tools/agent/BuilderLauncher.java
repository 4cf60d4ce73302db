// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.IOException;

/** Starts calls with a builder of this library, made anew for each. */
final class BuilderLauncher implements Launcher {
    private final Place place;

    BuilderLauncher(Place place) {
        this.place = place;
    }

    @Override
    public Process start(Call call) throws IOException {
        return PidfdProcess.builder(place.programs().get(call.tool()))
                .args(call.args())
                .directory(place.directory())
                .environment(place.environment())
                .stdin(Redirect.DISCARD)
                .stderr(Redirect.STDOUT)
                .start();
    }
}
