// SPDX-License-Identifier: Apache-2.0

import java.util.List;

/** An application that knows only the JDK, for try.sh: it starts four processes, in each way there is. */
public final class Application {
    private Application() {}

    public static void main(String[] args) throws Exception {
        System.out.println(new ProcessBuilder("true").start().waitFor());
        System.out.println(Runtime.getRuntime().exec(new String[] {"true"}).waitFor());
        List<ProcessBuilder> pipeline =
                List.of(new ProcessBuilder("true"), new ProcessBuilder("true"));
        for (Process stage : ProcessBuilder.startPipeline(pipeline)) {
            System.out.println(stage.waitFor());
        }
    }
}
