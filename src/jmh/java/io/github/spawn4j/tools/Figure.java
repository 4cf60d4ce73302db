// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.util.Locale;

/** What a batch of starts is compared by. */
enum Figure {
    /** The median time until the start has returned. */
    START {
        @Override
        double of(Batch batch) {
            return batch.samples().startMicros(Percentiles.MEDIAN);
        }
    },

    /** The median time until the exit is known. */
    TOTAL {
        @Override
        double of(Batch batch) {
            return batch.samples().totalMicros(Percentiles.MEDIAN);
        }
    },

    /** The processor time of a start: of who starts, all its threads, and of the child. */
    CPU {
        @Override
        double of(Batch batch) {
            double micros = batch.samples().cpuMicros();
            return micros > 0 ? micros : Double.NaN;
        }
    },

    /** As {@link #START}, of those whose child ran on another processor. */
    START_ELSEWHERE {
        @Override
        double of(Batch batch) {
            return batch.isElsewhere()
                    ? batch.samples().elsewhere().startMicros(Percentiles.MEDIAN)
                    : Double.NaN;
        }
    },

    /** As {@link #TOTAL}, of those. */
    TOTAL_ELSEWHERE {
        @Override
        double of(Batch batch) {
            return batch.isElsewhere()
                    ? batch.samples().elsewhere().totalMicros(Percentiles.MEDIAN)
                    : Double.NaN;
        }
    };

    /** Microseconds, or NaN where there are none. */
    abstract double of(Batch batch);

    /** As JSON has it: where it is "elsewhere" is said around it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace("_elsewhere", "");
    }
}
