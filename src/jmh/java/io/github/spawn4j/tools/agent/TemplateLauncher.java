package io.github.spawn4j.tools.agent;

import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Starts calls from a template for each tool. */
public final class TemplateLauncher implements Launcher {
    private final Map<String, SpawnTemplate> templates = new HashMap<>();

    public TemplateLauncher(Workload workload) throws IOException {
        for (Map.Entry<String, String> program : workload.programs().entrySet()) {
            templates.put(
                    program.getKey(),
                    SpawnTemplate.builder(program.getValue())
                            .directory(workload.directory())
                            .environment(workload.environment())
                            .stdin(Redirect.DISCARD)
                            .stderr(Redirect.STDOUT)
                            .build());
        }
    }

    @Override
    public Process start(Call call) throws IOException {
        return templates.get(call.tool()).spawn(call.args().toArray(new String[0]));
    }

    @Override
    public void close() {
        templates.values().forEach(SpawnTemplate::close);
    }
}
