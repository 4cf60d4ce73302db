// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import java.io.IOException;

/** Starts one command in one way. One thread at a time. */
final class Starter implements AutoCloseable {
    /** One start. */
    interface Start {
        PidfdProcess start() throws IOException;
    }

    private final Start start;

    /** Null where there is no template. */
    private final SpawnTemplate template;

    private Starter(SpawnTemplate template, Start start) {
        this.template = template;
        this.start = start;
    }

    static Starter cold(Start start) {
        return new Starter(null, start);
    }

    /** The template is closed with it. */
    static Starter of(SpawnTemplate template, Start start) {
        return new Starter(template, start);
    }

    PidfdProcess start() throws IOException {
        return start.start();
    }

    @Override
    public void close() {
        if (template != null) {
            template.close();
        }
    }
}
