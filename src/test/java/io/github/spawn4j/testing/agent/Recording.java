// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Runs {@link Application} while JFR records, and prints the agent's events. */
public final class Recording {
    private Recording() {}

    public static void main(String[] args) throws Exception {
        Path file = Files.createTempFile("spawn4j", ".jfr");
        try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
            recording.start();
            Application.main(args);
            recording.stop();
            recording.dump(file);
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                if (event.getEventType().getName().equals("io.github.spawn4j.AgentStart")) {
                    print(event);
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void print(RecordedEvent event) {
        System.out.println(
                event.getString("program")
                        + (event.getLong("pid") > 0 ? ", a pid, " : ", no pid, ")
                        + event.getString("whyLeft")
                        + (event.getDuration("took").isZero() ? ", no time" : ", a time"));
    }
}
