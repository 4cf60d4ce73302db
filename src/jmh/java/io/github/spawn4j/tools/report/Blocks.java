// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a document that are not written by hand. */
public final class Blocks {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "(<!-- report: (?<name>[a-z-]+) -->\n).*?(<!-- end of report -->)",
                    Pattern.DOTALL);

    /** What a block is filled with. */
    public interface Content {
        String of(String name) throws IOException;
    }

    private Blocks() {}

    /**
     * The document with all its blocks filled anew.
     *
     * @throws IOException if there is no content of a block's name
     */
    public static String fill(String document, Content content) throws IOException {
        StringBuilder filled = new StringBuilder();
        Matcher block = BLOCK.matcher(document);
        while (block.find()) {
            String text = content.of(block.group("name")).strip();
            block.appendReplacement(
                    filled,
                    Matcher.quoteReplacement(block.group(1) + text + "\n" + block.group(3)));
        }
        return block.appendTail(filled).toString();
    }
}
