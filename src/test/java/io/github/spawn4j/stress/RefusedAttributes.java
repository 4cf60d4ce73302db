package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Prints what is said of attributes where a filter refuses the calls that they need. */
final class RefusedAttributes {
    private RefusedAttributes() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of("/");
        for (EmptyProcess process :
                List.of(
                        process().noNetwork(),
                        process().privateTmp(),
                        process().readOnlyExcept(folder),
                        process().seccomp(new byte[8]),
                        process().noNewPrivileges(),
                        process().fixedAddresses(),
                        process().timerSlack(Duration.ofMillis(1)))) {
            try {
                System.out.println("has exited with " + process.start().waitFor());
            } catch (SpawnException e) {
                String text = e.getMessage();
                System.out.println(text.substring(text.indexOf(" (") + 2, text.length() - 1));
            }
        }
    }

    private static EmptyProcess process() {
        return PidfdProcess.builder("true");
    }
}
