// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The C program {@code native/programs/deaths.c}, which sees for itself when processes die. */
final class Witness implements AutoCloseable {
    private final PidfdProcess process;
    private final Writer orders;
    private final BufferedReader answers;

    /** Has it watch children of ours. */
    Witness(NativePrograms programs, Collection<Process> children) throws IOException {
        process = PidfdProcess.builder(programs.path("deaths")).stderr(Redirect.INHERIT).start();
        orders = process.outputWriter();
        answers = process.inputReader();
        for (Process child : children) {
            orders.write(child.pid() + "\n");
        }
        orders.write("\n");
        orders.flush();
        answer(); // "ready"
    }

    /** Waits until all have died, and returns when, in {@link System#nanoTime}'s time, by pid. */
    Map<Long, Long> deaths(int count) throws IOException {
        Map<Long, Long> deaths = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String answer = answer();
            int space = answer.indexOf(' ');
            deaths.put(
                    Long.parseLong(answer.substring(0, space)),
                    Long.parseLong(answer.substring(space + 1)));
        }
        return deaths;
    }

    private String answer() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new EOFException("the witness of deaths has ended");
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
    }
}
