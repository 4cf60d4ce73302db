// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Starts calls from a template for each tool. */
final class TemplateLauncher implements Launcher {
    private final Map<String, SpawnTemplate> templates = new HashMap<>();

    /**
     * A launcher with all templates built.
     *
     * @param warm how they are kept warm, or null; then those that can have one have a helper
     */
    TemplateLauncher(Place place, Warm warm) throws IOException {
        for (Map.Entry<String, String> program : place.programs().entrySet()) {
            SpawnTemplate.Builder builder =
                    SpawnTemplate.builder(program.getValue())
                            .directory(place.directory())
                            .environment(place.environment())
                            .stdin(Redirect.DISCARD)
                            .stderr(Redirect.STDOUT);
            if (warm != null) {
                builder.warm(warm);
            }
            SpawnTemplate template = builder.build();
            templates.put(program.getKey(), template);
            if (warm != null) {
                WarmTemplates.settle(template);
            }
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
