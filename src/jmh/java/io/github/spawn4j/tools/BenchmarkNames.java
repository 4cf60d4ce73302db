// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.benchmarks.Sentence;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks that there are, each with a sentence; JMH's own list has names only. */
final class BenchmarkNames {
    private static final String PACKAGE = "io.github.spawn4j.tools.benchmarks.";

    private BenchmarkNames() {}

    static Table table() {
        Table table = new Table("ll");
        BenchmarkList.defaultList()
                .getAll(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .sorted()
                .distinct()
                .forEach(name -> table.row(name.substring(PACKAGE.length()), sentence(name)));
        return table;
    }

    private static String sentence(String name) {
        int dot = name.lastIndexOf('.');
        try {
            return Stream.of(Class.forName(name.substring(0, dot)).getMethods())
                    .filter(method -> method.getName().equals(name.substring(dot + 1)))
                    .findFirst()
                    .map(BenchmarkNames::sentence)
                    .orElse("");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sentence(Method method) {
        Sentence sentence = method.getAnnotation(Sentence.class);
        return sentence == null ? "" : sentence.value();
    }
}
