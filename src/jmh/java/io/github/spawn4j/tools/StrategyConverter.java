// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.SpawnStrategy;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Strategies as a command line spells them: {@code posix-spawn}. */
final class StrategyConverter implements ITypeConverter<SpawnStrategy>, Iterable<String> {
    static String name(SpawnStrategy strategy) {
        return strategy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public SpawnStrategy convert(String text) {
        return Stream.of(SpawnStrategy.values())
                .filter(strategy -> name(strategy).equalsIgnoreCase(text.replace('_', '-')))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'" + text + "' is none of " + String.join(", ", this)));
    }

    @Override
    public Iterator<String> iterator() {
        return Stream.of(SpawnStrategy.values()).map(StrategyConverter::name).iterator();
    }
}
