// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run a class of ours in a JVM of its own, with the options of this one. */
public final class Jvms {
    private static final String NATIVE_BIN = "spawn4j.native.bin";

    private Jvms() {}

    public static List<String> command(Class<?> main, Object... args) {
        return command(List.of(), main, args);
    }

    /**
     * The same with more options.
     *
     * @param options of the JVM
     */
    public static List<String> command(List<String> options, Class<?> main, Object... args) {
        Path home = Path.of(System.getProperty("java.home"));
        return command(home, Runtime.version().feature(), options, main, args);
    }

    /** By another JDK of this machine, of this version. */
    public static List<String> ofJdk(Path home, int feature, Class<?> main, Object... args) {
        return command(home, feature, List.of(), main, args);
    }

    private static List<String> command(
            Path home, int feature, List<String> options, Class<?> main, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(home + "/bin/java");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                // But not -Xcheck:jni, whose warnings would be among what they answer.
                .filter(option -> option.startsWith("-X") && !option.startsWith("-Xcheck"))
                .forEach(command::add);
        command.addAll(options);
        if (feature >= 22) {
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
