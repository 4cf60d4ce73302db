// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The HTML file: one that needs no other file and no network. */
public final class Page {
    /** In the jar of the charting library, Apache ECharts. */
    private static final String LIBRARY =
            "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

    private Page() {}

    /**
     * The text of the page.
     *
     * @param json the whole report
     * @throws IOException if a part of it is missing in the jar
     */
    public static String of(String json) throws IOException {
        return resource("report.html")
                .replace("/*STYLE*/", resource("report.css"))
                .replace("/*LIBRARY*/", resource(LIBRARY))
                .replace("/*SCRIPT*/", resource("report.js"))
                // A tag in a string would end the script that it is in.
                .replace("/*DATA*/", json.replace("<", "\\u003c"));
    }

    static String resource(String name) throws IOException {
        try (InputStream stream = Page.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("this jar has no " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
