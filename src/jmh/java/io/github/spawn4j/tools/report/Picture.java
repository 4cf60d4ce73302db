// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

/** A picture of a figure that fits the ground it is shown on. */
final class Picture {
    private Picture() {}

    static String of(String directory, Plot plot) {
        String path = directory + "/" + plot.id();
        return String.format(
                "<picture>\n"
                        + "  <source media=\"(prefers-color-scheme: dark)\" srcset=\"%s-dark.svg\">\n"
                        + "  <img alt=\"%s: %s\" src=\"%s-light.svg\">\n"
                        + "</picture>",
                path, plot.title(), plot.y().label(), path);
    }
}
