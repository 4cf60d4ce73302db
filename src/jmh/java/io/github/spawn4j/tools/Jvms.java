package io.github.spawn4j.tools;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Commands that run a class of ours in a JVM of its own, with the options of this one. */
final class Jvms {
    private static final String NATIVE_BIN = "spawn4j.native.bin";

    private Jvms() {}

    static List<String> command(Class<?> main, Object... args) {
        return command(List.of(), main, args);
    }

    /**
     * The same with more options.
     *
     * @param options of the JVM
     */
    static List<String> command(List<String> options, Class<?> main, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X"))
                .forEach(command::add);
        command.addAll(options);
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED"); // spares a warning
        }
        if (System.getProperty(NATIVE_BIN) != null) {
            command.add("-D" + NATIVE_BIN + "=" + System.getProperty(NATIVE_BIN));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        return command;
    }
}
