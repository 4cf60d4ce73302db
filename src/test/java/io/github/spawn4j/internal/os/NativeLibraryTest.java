// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody else can put his code where the library is loaded from. */
class NativeLibraryTest {
    @Test
    void copiesTheLibraryToWhereOnlyItsOwnerMayGo(@TempDir Path everybodys) throws Exception {
        Files.setPosixFilePermissions(everybodys, PosixFilePermissions.fromString("rwxrwxrwx"));

        Path own = NativeLibrary.createOwn(everybodys);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rwx------");
        assertThat(own).isEmptyDirectory().hasParent(everybodys);
    }

    @Test
    void takesADirectoryOfItsOwnEachTime(@TempDir Path everybodys) throws Exception {
        assertThat(NativeLibrary.createOwn(everybodys))
                .isNotEqualTo(NativeLibrary.createOwn(everybodys));
    }
}
