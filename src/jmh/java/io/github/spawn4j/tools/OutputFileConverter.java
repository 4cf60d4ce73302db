// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A file that is written at the end. That it cannot be is said before minutes of measuring. */
final class OutputFileConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
        Path file = Path.of(value);
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || Files.isDirectory(file)) {
            throw new TypeConversionException("'" + value + "' is a directory");
        }
        if (!Files.isDirectory(directory)) {
            throw new TypeConversionException("there is no directory '" + directory + "'");
        }
        if (!Files.isWritable(Files.exists(file) ? file : directory)) {
            throw new TypeConversionException("'" + value + "' cannot be written");
        }
        return file;
    }
}
