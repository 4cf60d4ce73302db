// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.spawn4j.PidfdProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What GraalVM is told of the library for a native image: all that it looks up by a name while it
 * runs. {@code -Dspawn4j.metadata=write} writes the files anew.
 */
class NativeImageTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/spawn4j");
    private static final Path METADATA =
            Path.of("src/main/resources/META-INF/native-image/io.github.spawn4j/spawn4j");
    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern LOOKUP_IN_C =
            Pattern.compile("(FindClass|Get(?:Static)?(?:Field|Method)ID)\\(([^;]*);");
    private static final Pattern LITERAL = Pattern.compile("\"[^\"]*\"");
    private static final Pattern LOOKUP_IN_JAVA =
            Pattern.compile(
                    "\\b(Class\\.forName|find(Virtual|Static|Constructor|Getter|VarHandle)"
                            + "|get(Declared)?(Method|Field|Constructor)s?|getResource(AsStream)?)\\(");
    private static final Pattern FIELD_OF_JDK =
            Pattern.compile("\"((?:java|sun)\\.[\\w.$]+)\",\\s*\"([\\w$]+)\"");
    private static final Pattern NAME_OF_CLASS = Pattern.compile("\"([\\w.$]*[\\w$])\"");

    private static String code(Path source) {
        try {
            return COMMENT.matcher(Files.readString(source)).replaceAll(" ");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Without what no image has: an agent, and the library under another package's name. */
    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .filter(file -> !file.startsWith(SOURCES.resolve("internal/agent")))
                    .filter(file -> !file.endsWith("relocated.c"))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    /** Whoever looks up something else has to add it to the metadata, and to this test. */
    @Test
    void knowsEachLookup() throws Exception {
        Set<String> inC = new TreeSet<>();
        for (Path source : files(Path.of("native/src"), ".c")) {
            all(LOOKUP_IN_C, code(source)).map(NativeImageTest::lookup).forEach(inC::add);
        }
        assertThat(inC)
                .containsExactlyInAnyOrder(
                        "GetStaticFieldID \"address\" \"J\"", // of a class that an image has not
                        "GetFieldID \"fd\" \"I\"", // of a FileDescriptor
                        "GetFieldID", // of what StreamDescriptor names
                        "FindClass \"java/lang/ProcessHandleImpl\"",
                        "GetMethodID \"<init>\" \"(JJ)V\"");

        assertThat(files(SOURCES, ".java"))
                .filteredOn(source -> LOOKUP_IN_JAVA.matcher(code(source)).find())
                .extracting(source -> source.getFileName().toString())
                .isSubsetOf(
                        "Access.java",
                        "Errno.java",
                        "LateClasses.java",
                        "LoadFailure.java",
                        "NativeLibrary.java",
                        "Slots.java", // a class that an image has not
                        "VirtualThreads.java");
    }

    private static String lookup(MatchResult call) {
        return Stream.concat(
                        Stream.of(call.group(1)),
                        all(LITERAL, call.group(2)).map(MatchResult::group))
                .collect(Collectors.joining(" "));
    }

    @Test
    void holdsWhatIsLookedUpFromC() throws Exception {
        JsonArray types = new JsonArray();
        types.add(withField("java.io.FileDescriptor", "fd"));
        types.add(withMethod("java.lang.ProcessHandleImpl", "<init>", "long", "long"));
        all(FIELD_OF_JDK, code(SOURCES.resolve("internal/os/StreamDescriptor.java")))
                .map(field -> withField(field.group(1), field.group(2)))
                .forEach(types::add);
        assertThat(types).hasSize(5);
        assertHolds("jni-config.json", types);
    }

    @Test
    void holdsEachClassThatIsLoadedByItsName() throws Exception {
        TreeSet<String> names = new TreeSet<>();
        for (String source : List.of("os/LateClasses.java", "access/Access.java")) {
            all(NAME_OF_CLASS, code(SOURCES.resolve("internal").resolve(source)))
                    .map(name -> loadable(name.group(1)))
                    .forEach(names::add);
        }
        assertThat(names)
                .hasSizeGreaterThan(50)
                .contains("java.util.TreeSet", "io.github.spawn4j.warm.Inside");

        JsonArray types = new JsonArray();
        types.add(withMethod("java.lang.Thread", "isVirtual"));
        for (String name : names) {
            types.add(type(name));
        }
        assertHolds("reflect-config.json", types);
    }

    private static String loadable(String name) {
        for (String where : List.of("io.github.spawn4j.", "java.", "")) {
            try {
                return Class.forName(where + name, false, NativeImageTest.class.getClassLoader())
                        .getName();
            } catch (ClassNotFoundException e) {
                // the next
            }
        }
        throw new AssertionError("no class " + name);
    }

    @Test
    void holdsEachResource() throws Exception {
        JsonArray includes =
                JsonParser.parseString(Files.readString(METADATA.resolve("resource-config.json")))
                        .getAsJsonObject()
                        .getAsJsonObject("resources")
                        .getAsJsonArray("includes");
        List<Pattern> patterns = new ArrayList<>();
        includes.forEach(
                include ->
                        patterns.add(
                                Pattern.compile(
                                        include.getAsJsonObject().get("pattern").getAsString())));

        Path classes = Jars.origin(PidfdProcess.class);
        List<String> resources = new ArrayList<>();
        for (Path file : files(classes, "")) {
            String name = classes.relativize(file).toString();
            if (Files.isRegularFile(file) && isReadAtRunTime(name)) {
                resources.add(name);
            }
        }
        assertThat(resources).contains("io/github/spawn4j/internal/os/errno.txt");
        assertThat(resources).anyMatch(name -> name.endsWith("/libspawn4j.so"));
        assertThat(resources)
                .allMatch(
                        name ->
                                patterns.stream()
                                        .anyMatch(pattern -> pattern.matcher(name).matches()));
    }

    private static boolean isReadAtRunTime(String name) {
        return !name.endsWith(".class") && !name.startsWith("META-INF/");
    }

    /** Where it is not possible, though each start of a JVM has it done. */
    @Test
    void needsNoClassThatIsDefinedAtRunTime() throws Exception {
        assertThat(
                        JavaCommand.ofTests()
                                .allowNativeAccess("ALL-UNNAMED")
                                .with("-Dorg.graalvm.nativeimage.imagecode=runtime")
                                .with("-cp", System.getProperty("java.class.path"))
                                .with(InImage.class.getName())
                                .run())
                .isEqualTo("Exited[code=0], and nothing was defined\n");
    }

    private static JsonObject type(String name) {
        JsonObject type = new JsonObject();
        type.addProperty("name", name);
        return type;
    }

    private static JsonObject withField(String name, String field) {
        JsonObject type = type(name);
        JsonArray fields = new JsonArray();
        fields.add(type(field));
        type.add("fields", fields);
        return type;
    }

    private static JsonObject withMethod(String name, String method, String... parameters) {
        JsonArray types = new JsonArray();
        for (String parameter : parameters) {
            types.add(parameter);
        }
        JsonObject described = type(method);
        described.add("parameterTypes", types);
        JsonArray methods = new JsonArray();
        methods.add(described);
        JsonObject type = type(name);
        type.add("methods", methods);
        return type;
    }

    private static void assertHolds(String file, JsonArray types) throws IOException {
        String expected = JSON.toJson(types) + "\n";
        if ("write".equals(System.getProperty("spawn4j.metadata"))) {
            Files.writeString(METADATA.resolve(file), expected);
        }
        assertThat(Files.readString(METADATA.resolve(file))).isEqualTo(expected);
    }
}
