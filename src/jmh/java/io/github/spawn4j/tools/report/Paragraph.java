// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

/** Text in lines as long as those that are written by hand. */
final class Paragraph {
    private static final int WIDTH = 150;

    private Paragraph() {}

    /**
     * The text, with lines broken between words; of an item of a list all but the first indented.
     */
    static String wrap(String text) {
        String indent = text.startsWith("- ") ? "  " : "";
        StringBuilder wrapped = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ")) {
            if (used > 0 && used + 1 + word.length() > WIDTH) {
                wrapped.append('\n').append(indent);
                used = indent.length();
            } else if (used > 0) {
                wrapped.append(' ');
                used++;
            }
            wrapped.append(word);
            used += word.length();
        }
        return wrapped.toString();
    }
}
