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

    /**
     * @param piece how much it does of what the library does, in the program's words
     */
    FloorSpawner(NativePrograms programs, String piece, String program) throws IOException {
        floor =
                new ProcessBuilder(programs.path("floor"), piece, program)
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
            String[] numbers = answer.split(" ");
            samples.add(
                    Long.parseLong(numbers[0]),
                    Long.parseLong(numbers[1]),
                    Integer.parseInt(numbers[2]),
                    Integer.parseInt(numbers[3]));
        }
    }

    /** Kills it, as it may have ended already, so that its input cannot be closed in peace. */
    @Override
    public void close() {
        floor.destroyForcibly();
    }
}
