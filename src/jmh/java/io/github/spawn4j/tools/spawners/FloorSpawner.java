package io.github.spawn4j.tools.spawners;

import io.github.spawn4j.tools.NativePrograms;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;

/** The C program {@code native/programs/floor.c}, which takes the times itself. */
final class FloorSpawner implements Spawner {
    private final Process floor;
    private final Writer orders;
    private final BufferedReader answers;

    FloorSpawner(NativePrograms programs, String program) throws IOException {
        floor =
                new ProcessBuilder(programs.path("floor"), program)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        orders = floor.outputWriter();
        answers = floor.inputReader();
    }

    @Override
    public void spawn(int count, Samples samples) throws IOException {
        orders.write(count + "\n");
        orders.flush();
        for (int i = 0; i < count; i++) {
            String answer = answers.readLine();
            if (answer == null) {
                throw new EOFException("the floor program has ended");
            }
            int space = answer.indexOf(' ');
            samples.add(
                    Long.parseLong(answer.substring(0, space)),
                    Long.parseLong(answer.substring(space + 1)));
        }
    }

    @Override
    public void close() throws IOException {
        // The end of its input ends it.
        orders.close();
        answers.close();
    }
}
