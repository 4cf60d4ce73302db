// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The little JSON that the tools write. */
class JsonTest {
    @Test
    void escapesWhatEndsOrBreaksAString() {
        assertThat(Json.write("a\"b\\c\nd")).isEqualTo("\"a\\\"b\\\\c\\u000ad\"");
    }

    @Test
    void nestsMapsAndLists() {
        assertThat(Json.write(Map.of("k", List.of(1, 2.5, "x"))))
                .isEqualTo("{\"k\":[1,2.5,\"x\"]}");
    }

    @Test
    void knowsTruthAndWritesNullForWhatIsNoNumber() {
        assertThat(Json.write(List.of(true, Double.NaN, Double.POSITIVE_INFINITY)))
                .isEqualTo("[true,null,null]");
    }
}
