package io.github.spawn4j.tools.agent;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.IOException;

/** Starts calls with a builder of this library, made anew for each. */
final class BuilderLauncher implements Launcher {
    private final Workload workload;

    BuilderLauncher(Workload workload) {
        this.workload = workload;
    }

    @Override
    public Process start(Call call) throws IOException {
        return PidfdProcess.builder(workload.programs().get(call.tool()))
                .args(call.args())
                .directory(workload.directory())
                .environment(workload.environment())
                .stdin(Redirect.DISCARD)
                .stderr(Redirect.STDOUT)
                .start();
    }
}
