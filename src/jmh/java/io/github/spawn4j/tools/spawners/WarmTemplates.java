// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplate.Statistics;
import io.github.spawn4j.warm.ColdReason;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for the helpers of warm templates, which are made in the background. */
public final class WarmTemplates {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private WarmTemplates() {}

    /**
     * Waits until the template has a helper or can have none.
     *
     * @return why it can have none; empty if it has one
     * @throws IOException if neither becomes known in time
     */
    public static Optional<ColdReason> settle(SpawnTemplate template) throws IOException {
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < LIMIT_NS) {
            Statistics statistics = template.statistics();
            if (statistics.helperPid() != 0) {
                return Optional.empty();
            }
            if (statistics.refusal().isPresent()) {
                return statistics.refusal();
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        throw new IOException(template + " has no helper after 10 s");
    }

    /**
     * Waits until the template has a helper.
     *
     * @throws IOException if it can have none; the template is closed then
     */
    public static SpawnTemplate ready(SpawnTemplate template) throws IOException {
        Optional<ColdReason> refusal = settle(template);
        if (refusal.isPresent()) {
            template.close();
            throw new IOException(template + " cannot be kept warm: " + inWords(refusal.get()));
        }
        return template;
    }

    /** A reason as a user reads it. */
    public static String inWords(ColdReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
