// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the signatures of the API mention. */
class ExportedTypesTest {
    private static final Pattern TYPE = Pattern.compile("[\\w$]+(?:\\.[\\w$]+)+");

    private static List<String> exported;
    private static List<Class<?>> api;

    @BeforeAll
    static void read() throws Exception {
        Path classes = Jars.origin(PidfdProcess.class);
        ModuleDescriptor module =
                ModuleFinder.of(classes).find("io.github.spawn4j").orElseThrow().descriptor();
        exported = Jars.exports(module);
        api = new ArrayList<>();
        for (String name : exported) {
            addVisibleTypes(classes, name);
        }
        assertThat(api).contains(PidfdProcess.class);
    }

    private static void addVisibleTypes(Path classes, String name) throws IOException {
        try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .map(file -> load(name + "." + file.replace(".class", "")))
                    .filter(ExportedTypesTest::isVisible)
                    .forEach(api::add);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ExportedTypesTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        return isVisible(type.getModifiers())
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    @Test
    void areOfTheJdkOrExported() {
        for (Class<?> type : api) {
            for (String mentioned : mentionedBy(type)) {
                assertThat(mentioned.startsWith("java.") || isExported(mentioned))
                        .as(type.getName() + " mentions " + mentioned)
                        .isTrue();
            }
        }
    }

    private static boolean isExported(String type) {
        return exported.contains(type.substring(0, type.lastIndexOf('.')));
    }

    private static Set<String> mentionedBy(Class<?> type) {
        Set<String> names = new TreeSet<>();
        for (Method method : type.getDeclaredMethods()) {
            addAll(names, method, method.getGenericReturnType());
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            addAll(names, constructor, type);
        }
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field.getModifiers())) {
                addAll(names, field.getGenericType());
            }
        }
        addAll(names, type.getGenericInterfaces());
        return names;
    }

    private static void addAll(Set<String> names, Executable executable, Type result) {
        if (isVisible(executable.getModifiers()) && !executable.isSynthetic()) {
            addAll(names, result);
            addAll(names, executable.getGenericParameterTypes());
            addAll(names, executable.getGenericExceptionTypes());
        }
    }

    private static void addAll(Set<String> names, Type... types) {
        Arrays.stream(types)
                .flatMap(type -> TYPE.matcher(type.getTypeName()).results())
                .forEach(match -> names.add(match.group()));
    }
}
