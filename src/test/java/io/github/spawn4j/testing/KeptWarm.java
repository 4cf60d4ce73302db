// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.warm.Warm;
import java.time.Duration;

/** What tests of templates that are kept warm have in common. */
public final class KeptWarm {
    /** A helper that gets no turn on a busy machine is no fault of what is tested. */
    public static final Warm PATIENT = Warm.on().deadline(Duration.ofSeconds(30));

    private KeptWarm() {}

    /** Waits until a template has a helper, or has been refused one. */
    public static SpawnTemplate.Statistics settled(SpawnTemplate template) throws Exception {
        Eventually.isTrue(
                () -> "a helper is made or refused: " + template.statistics(),
                () -> {
                    SpawnTemplate.Statistics statistics = template.statistics();
                    return statistics.helperPid() != 0 || statistics.refusal().isPresent();
                });
        return template.statistics();
    }
}
