// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;

/**
 * The main class of a JVM that has children which only live. One for each round: what children have
 * used, and threads that stay a while, would not be counted in the next.
 */
public final class LiveWorker {
    private LiveWorker() {}

    /**
     * @param args the name of a {@link Starter}, and how many children it has
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (NativePrograms programs = new NativePrograms();
                LiveChildren children = new LiveChildren(Starter.valueOf(args[0]), programs)) {
            System.out.println(children.measure(Integer.parseInt(args[1])).line());
        }
        System.exit(0);
    }
}
