// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Why the native library has not been loaded, put so that the reader knows what to do. Collects
 * what was tried; for one thread.
 */
final class LoadFailure {
    private static final String BEGIN = "cannot load spawn4j's native library: ";

    /** Those that a release has. */
    private static final String[] ARCHITECTURES = {"x86_64", "aarch64"};

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    // The fields of a line of it, which ends its optional ones with a dash.
    private static final int MOUNT_POINT = 4;
    private static final int OPTIONS = 5;

    /** In the order in which they came, each once. */
    private final Set<String> reasons = new LinkedHashSet<>();

    private final List<Throwable> causes = new ArrayList<>();

    /** What helps, whatever of it was tried last. */
    private String advice = "";

    /** There is no library for this system in the jar. */
    static UnsatisfiedLinkError missing(String resource) {
        String system = System.getProperty("os.name");
        if (!system.equals("Linux")) {
            return new UnsatisfiedLinkError(BEGIN + "it needs Linux, and this is " + system);
        }
        StringBuilder found = new StringBuilder();
        for (String architecture : ARCHITECTURES) {
            if (NativeLibrary.class.getResource(NativeLibrary.resource(architecture)) != null) {
                found.append(found.length() == 0 ? ", only for " : " and ").append(architecture);
            }
        }
        return new UnsatisfiedLinkError(
                BEGIN
                        + "the jar has none for Linux on "
                        + System.getProperty("os.arch")
                        + " (no "
                        + resource
                        + ")"
                        + (found.length() == 0 ? "" : found)
                        + "; `mvn package` on such a machine makes a jar that has one");
    }

    /** The file or directory {@code tried} did not do. */
    void add(Path tried, Throwable e) {
        causes.add(e);
        if (e instanceof IllegalCallerException) {
            reasons.add("native access is denied");
            advice =
                    "start Java with --enable-native-access=ALL-UNNAMED, or on the module path with"
                            + " --enable-native-access=io.github.spawn4j";
            return;
        }
        String text = text(e);
        if (text.contains("GLIBC_") || text.contains("symbol")) {
            reasons.add("the C library lacks what it needs: " + text);
            advice = "it needs glibc 2.17 or musl 1.1.24, or newer";
            return;
        }
        reasons.add(tried + ": " + reason(tried, e, text));
        advice = advice(NativeLibrary.WORKDIR, NativeLibrary.LIBRARY);
    }

    // The names as parameters: the compiler would make constants one, in which a tool that
    // relocates
    // classes does not find them.
    private static String advice(String workdir, String library) {
        return "name a directory where files can be made and executed by the system property "
                + workdir
                + ", or the library itself by "
                + library;
    }

    UnsatisfiedLinkError error() {
        UnsatisfiedLinkError error =
                new UnsatisfiedLinkError(BEGIN + String.join("; ", reasons) + ". To do: " + advice);
        causes.forEach(error::addSuppressed);
        return error;
    }

    private static String reason(Path tried, Throwable e, String text) {
        if (e instanceof IOException) {
            return text;
        }
        if (isNoExec(tried)) {
            return "mounted noexec";
        }
        return text.contains("map segment") || text.contains("not permitted")
                ? "what lies there may not be executed (" + text + ")"
                : text;
    }

    /** What it says, without the path of the copy, which the linker and the JDK both put first. */
    private static String text(Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof IOException) {
            // Some have nothing but the path for a message.
            return e.getClass().getSimpleName() + ": " + message;
        }
        int end = message.lastIndexOf(".so: ");
        return end < 0 ? message : message.substring(end + ".so: ".length());
    }

    private static boolean isNoExec(Path tried) {
        try {
            Path real = existing(tried).toRealPath();
            boolean noExec = false;
            Path innermost = real.getRoot();
            for (String line : Files.readAllLines(MOUNTS)) {
                String[] fields = line.split(" ", OPTIONS + 2);
                Path mount = Path.of(fields[MOUNT_POINT].replace("\\040", " "));
                if (real.startsWith(mount) && mount.startsWith(innermost)) {
                    innermost = mount;
                    noExec = ("," + fields[OPTIONS] + ",").contains(",noexec,");
                }
            }
            return noExec;
        } catch (IOException | RuntimeException e) {
            return false; // the linker's own words must do
        }
    }

    private static Path existing(Path tried) throws IOException {
        Path path = tried.toAbsolutePath();
        while (path != null && !Files.exists(path)) {
            path = path.getParent();
        }
        if (path == null) {
            throw new NoSuchFileException(tried.toString());
        }
        return path;
    }
}
