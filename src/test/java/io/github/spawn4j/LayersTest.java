// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know of which, and where tests lie. */
class LayersTest {
    private static final String LIBRARY = "io.github.spawn4j";
    private static final String INTERNAL = LIBRARY + ".internal.";
    private static final String LOG = INTERNAL + "os.Log";

    private static final int MOST_EVERYDAY_TYPES = 20;

    /** Each room of the internals, and those that it may know. */
    private static final Map<String, Set<String>> ROOMS =
            Map.ofEntries(
                    entry("os", Set.of()),
                    entry("launch", Set.of("os")),
                    entry("warm", Set.of("launch", "os")),
                    entry("loop", Set.of("os")),
                    entry("child", Set.of("loop", "os")),
                    entry("streams", Set.of("child", "loop", "os")),
                    entry("jdk", Set.of("streams", "child", "loop", "os")),
                    entry("teardown", Set.of("child", "loop", "os")),
                    entry("cgroup", Set.of("child", "loop", "os")),
                    entry("start", Set.of("launch", "warm", "child", "streams", "cgroup", "os")),
                    entry("access", Set.of("start", "launch", "warm", "child", "cgroup", "os")),
                    entry("agent", Set.of("os")));

    private static final JavaClasses CODE = code();

    private static JavaClasses code() {
        // What others have is known by name, which is enough.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(Path.of("target/classes"));
    }

    private static Set<String> exported() {
        return ModuleFinder.of(Path.of("target/classes"))
                .find(LIBRARY)
                .orElseThrow()
                .descriptor()
                .exports()
                .stream()
                .filter(exports -> !exports.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(toSet());
    }

    private static DescribedPredicate<JavaClass> ofTheApi() {
        Set<String> exported = exported();
        return describe("of the API", type -> exported.contains(type.getPackageName()));
    }

    /** Null where it is in no room. */
    private static String room(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(INTERNAL) ? name.substring(INTERNAL.length()).split("\\.")[0] : null;
    }

    private static Stream<String> rooms() {
        return CODE.stream().map(LayersTest::room).filter(room -> room != null).distinct().sorted();
    }

    @Test
    void onlyTheApiIsExported() {
        assertThat(exported())
                .containsExactlyInAnyOrder(
                        LIBRARY, LIBRARY + ".control", LIBRARY + ".strict", LIBRARY + ".warm");
    }

    @Test
    void everydayIsSmall() {
        assertThat(CODE.stream().filter(type -> type.getPackageName().equals(LIBRARY)))
                .filteredOn(type -> type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
                .hasSizeLessThanOrEqualTo(MOST_EVERYDAY_TYPES);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void eachRoomKnowsOnlyTheRoomsBelowIt(String room) {
        assertThat(ROOMS).as("rooms with rules").containsKey(room);
        Set<String> known = ROOMS.get(room);
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + room + "..")
                .should()
                .dependOnClassesThat(
                        describe(
                                "are in a room but " + known,
                                type ->
                                        room(type) != null
                                                && !room(type).equals(room)
                                                && !known.contains(room(type))))
                .check(CODE);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching(INTERNAL + "(*)..").should().beFreeOfCycles().check(CODE);
    }

    /** Except the agent, which is a user of the API, and of whom nobody knows. */
    @Test
    void onlyOneRoomKnowsTheApi() {
        noClasses()
                .that()
                .resideInAPackage(LIBRARY + ".internal..")
                .and()
                .resideOutsideOfPackages(INTERNAL + "access", INTERNAL + "agent")
                .should()
                .dependOnClassesThat(ofTheApi())
                .check(CODE);
    }

    @Test
    void nobodyKnowsTheAgent() {
        classes()
                .that()
                .resideInAPackage(INTERNAL + "agent")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(INTERNAL + "agent")
                .check(CODE);
    }

    @Test
    void onlyTheApiKnowsThatRoom() {
        classes()
                .that()
                .resideInAPackage(INTERNAL + "access")
                .should()
                .onlyHaveDependentClassesThat(
                        ofTheApi().or(describe("of the room", type -> "access".equals(room(type)))))
                .check(CODE);
    }

    @Test
    void onlyOneRoomHasNativeMethods() {
        methods()
                .that()
                .haveModifier(NATIVE)
                .should()
                .beDeclaredInClassesThat()
                .resideInAPackage(INTERNAL + "os")
                .check(CODE);
    }

    /** Whoever touches SLF4J too early makes it print a warning where no backend is installed. */
    @Test
    void onlyLogTouchesSlf4j() {
        noClasses()
                .that(
                        describe(
                                "are not of Log",
                                type ->
                                        !type.getName().equals(LOG)
                                                && !type.getName().startsWith(LOG + "$")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j..")
                .check(CODE);
    }

    /** Of tests and what belongs to them; names with their packages. */
    private static List<String> testClasses() throws IOException {
        Path folder = Path.of("target/test-classes");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString().replace('/', '.'))
                    .filter(name -> name.endsWith(".class") && !name.contains("$"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .toList();
        }
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    @Test
    void testsOfTheApiLieInThePackageOfWhatTheyTest() throws Exception {
        Map<String, Set<String>> packages =
                CODE.stream()
                        .filter(type -> type.isTopLevelClass() && ofTheApi().test(type))
                        .collect(
                                groupingBy(
                                        type -> type.getSimpleName() + "Test",
                                        mapping(JavaClass::getPackageName, toSet())));

        assertThat(testClasses())
                .filteredOn(test -> packages.containsKey(simple(test)))
                .isNotEmpty()
                .allSatisfy(
                        test ->
                                assertThat(packages.get(simple(test)))
                                        .as(test)
                                        .contains(packageOf(test)));
    }

    /** A helper beside the tests of one package would be sought there by those of no other. */
    @Test
    void helpersOfTestsLieApart() throws Exception {
        Set<String> packages = CODE.stream().map(JavaClass::getPackageName).collect(toSet());

        assertThat(testClasses())
                .filteredOn(name -> packages.contains(packageOf(name)))
                .isNotEmpty()
                .allMatch(name -> name.endsWith("Test"));
    }
}
