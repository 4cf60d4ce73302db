// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplateCache;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.KeptWarm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Caches that keep programs warm. */
@Timeout(60)
class WarmCacheTest {
    private static final SpawnTemplate.Statistics NO_STARTS =
            new SpawnTemplate.Statistics(0, 0, Map.of(), 0, Optional.empty());

    private static final RunOptions TO_ITS_END = RunOptions.timeout(Duration.ofSeconds(30));

    @BeforeEach
    void needsAHelper() throws Exception {
        try (SpawnTemplateCache cache = cache(1, 1)) {
            run(cache, "cat");
            Eventually.isTrue(
                    "a helper is made or refused",
                    () ->
                            helper(cache, "cat") != 0
                                    || cache.statistics("cat").refusal().isPresent());
            assumeTrue(
                    cache.statistics("cat").refusal().isEmpty(),
                    () -> "no helper can be made: " + cache.statistics("cat"));
        }
    }

    private static SpawnTemplateCache cache(int fromStart, int helpers) {
        return SpawnTemplateCache.builder()
                .warm(KeptWarm.PATIENT, fromStart)
                .maximumHelpers(helpers)
                .build();
    }

    private static void run(SpawnTemplateCache cache, String program) throws Exception {
        assertThat(cache.prepare(program).run(TO_ITS_END).isSuccess()).isTrue();
    }

    private static long helper(SpawnTemplateCache cache, String program) {
        return cache.statistics(program).helperPid();
    }

    private static void awaitHelper(SpawnTemplateCache cache, String program) throws Exception {
        Eventually.isTrue(
                program + " has a helper",
                () -> {
                    run(cache, program);
                    return helper(cache, program) != 0;
                });
    }

    @Test
    void startsWarmFromTheStartThatWasAskedFor() throws Exception {
        try (SpawnTemplateCache cache = cache(3, 8)) {
            run(cache, "cat");
            run(cache, "cat");
            assertThat(cache.statistics("cat").coldStarts())
                    .containsEntry(ColdReason.NO_HELPER, 2L);
            assertThat(helper(cache, "cat")).isZero();

            awaitHelper(cache, "cat");

            run(cache, "cat");
            SpawnTemplate.Statistics statistics = cache.statistics("cat");
            assertThat(statistics.warm() + statistics.parked()).isPositive();
        }
    }

    @Test
    void givesTheHelperOfTheLeastRecentProgramToAnother() throws Exception {
        try (SpawnTemplateCache cache = cache(1, 2)) {
            awaitHelper(cache, "true");
            awaitHelper(cache, "cat");

            // As soon as the first has not been used for a second.
            Eventually.isTrue(
                    "the third has a helper",
                    () -> {
                        run(cache, "cat");
                        run(cache, "pwd");
                        return helper(cache, "pwd") != 0;
                    });

            assertThat(helper(cache, "true")).isZero();
            assertThat(helper(cache, "cat")).isNotZero();
            run(cache, "true");
        }
    }

    @Test
    void countsNothingOfWhatIsNotKeptWarm() throws Exception {
        try (SpawnTemplateCache cache = SpawnTemplateCache.builder().build()) {
            run(cache, "true");
            assertThat(List.of(cache.statistics("true"), cache.statistics("unknown")))
                    .containsOnly(NO_STARTS);
        }
    }

    @Test
    void refusesWhatCannotBe() {
        SpawnTemplateCache.Builder builder = SpawnTemplateCache.builder();
        assertThatThrownBy(() -> builder.warm(Warm.on(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("warm from start 0");
        assertThatThrownBy(() -> builder.maximumHelpers(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maximum helpers 0");
    }
}
