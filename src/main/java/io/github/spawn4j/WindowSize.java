// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

/**
 * The size of a terminal's window, in characters. Immutable.
 *
 * <pre>{@code
 * PidfdProcess top = PidfdProcess.builder("top").terminal(new WindowSize(24, 80)).start();
 * top.windowSize(new WindowSize(50, 132));
 * }</pre>
 *
 * @param rows the height, 1 to 65535
 * @param columns the width, 1 to 65535
 */
public record WindowSize(int rows, int columns) {
    private static final int MOST = 0xffff;

    /**
     * Refuses what no window can have.
     *
     * @param rows the height
     * @param columns the width
     * @throws IllegalArgumentException if {@code rows} or {@code columns} is out of range
     */
    public WindowSize {
        check("rows", rows);
        check("columns", columns);
    }

    private static void check(String what, int value) {
        if (value < 1 || value > MOST) {
            throw new IllegalArgumentException(what + " " + value + " is not in 1 to " + MOST);
        }
    }
}
