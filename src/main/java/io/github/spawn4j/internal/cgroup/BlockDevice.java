// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The whole device that a file lies on, as the controller io wants it. */
public final class BlockDevice {
    private static final Path DEVICES = Path.of("/sys/dev/block");

    private BlockDevice() {}

    /** Such as {@code 254:0}: of a partition the disk's, as only that has a queue. */
    public static String of(Path file) throws IOException {
        long number = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
        long major = (number >> 8) & 0xfff;
        long minor = (number & 0xff) | ((number >> 12) & 0xfff00);
        Path device = DEVICES.resolve(major + ":" + minor);
        if (!Files.exists(device)) {
            throw new IOException(file + " does not lie on a device that can be limited");
        }
        Path real = device.toRealPath();
        Path disk = Files.exists(real.resolve("partition")) ? real.getParent() : real;
        return Files.readString(disk.resolve("dev"), StandardCharsets.ISO_8859_1).strip();
    }
}
