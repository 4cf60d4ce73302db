// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** Durations as people type them. */
class DurationConverterTest {
    private final DurationConverter converter = new DurationConverter();

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "5s, PT5S", "2m, PT2M", "1h, PT1H", "PT1M30S, PT1M30S"})
    void readsShortAndIsoForms(String text, Duration duration) {
        assertThat(converter.convert(text)).isEqualTo(duration);
    }

    @Test
    void refusesWhatIsNoPositiveDuration() {
        for (String text : new String[] {"", "5", "s", "0ms", "-5s", "PT-1S"}) {
            assertThatThrownBy(() -> converter.convert(text))
                    .as(text)
                    .isInstanceOf(TypeConversionException.class);
        }
    }
}
