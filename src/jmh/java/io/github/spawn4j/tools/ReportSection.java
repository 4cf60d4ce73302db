// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Plot;
import java.io.IOException;
import java.util.List;

/**
 * A part of the report.
 *
 * @param name what it measures
 * @param seconds about how long it takes
 * @param measurement what is to be done for it
 */
record ReportSection(String name, int seconds, Measurement measurement) {
    /** Measures, and tells what came out. */
    interface Measurement {
        List<Plot> measure() throws IOException, InterruptedException;
    }
}
