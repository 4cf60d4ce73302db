// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.tools.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A Chromium of this machine that nobody sees. Thread-safe. */
public final class Browser {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "chrome");

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String program;

    private Browser(String program) {
        this.program = program;
    }

    /** The one in PATH; empty if there is none. */
    public static Optional<Browser> find() {
        for (String name : NAMES) {
            try {
                return Optional.of(new Browser(Programs.find(name)));
            } catch (IOException e) {
                continue; // the next one, perhaps
            }
        }
        return Optional.empty();
    }

    /**
     * Opens a page, lets it draw, and returns what it has become, as HTML.
     *
     * @param profile a directory of its own, which the browser fills
     * @param address of the page
     * @param options more of the browser's
     */
    public String open(Path profile, String address, String... options)
            throws IOException, InterruptedException {
        return PidfdProcess.builder(program)
                // No sandbox, as root can have none; no page is opened but ours.
                .args("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
                .args("--disable-dev-shm-usage", "--no-first-run", "--disable-extensions")
                .args("--virtual-time-budget=10000", "--user-data-dir=" + profile)
                .args(options)
                .args(address)
                .run(RunOptions.timeout(LIMIT).expectExit(0))
                .stdout()
                .text();
    }
}
