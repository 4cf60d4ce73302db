// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.SpawnerType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code spawn4j-template}. */
final class SpawnerTypeConverter implements ITypeConverter<SpawnerType> {
    @Override
    public SpawnerType convert(String text) {
        try {
            return SpawnerType.of(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
