// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import jdk.jfr.FlightRecorder;

/** Whether JFR records. Asked first, as its events are costly to load. Thread-safe. */
final class Recorder {
    /** A run-time image may be without it. */
    private static final boolean IS_THERE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Recorder() {}

    static boolean isOn() {
        return IS_THERE && FlightRecorder.isInitialized();
    }
}
