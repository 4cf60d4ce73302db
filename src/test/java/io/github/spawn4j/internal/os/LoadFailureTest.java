// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The error of a library that cannot be loaded says why, and what to do. */
class LoadFailureTest {
    private static final Path TMP = Path.of("/tmp");

    private static String message(Throwable... failures) {
        LoadFailure failure = new LoadFailure();
        for (Throwable e : failures) {
            failure.add(TMP, e);
        }
        return failure.error().getMessage();
    }

    private static UnsatisfiedLinkError linkError(String text) {
        String copy = "/tmp/spawn4j-1a2b/libspawn4j.so: ";
        return new UnsatisfiedLinkError(copy + copy + text);
    }

    @Test
    void saysThatTheCLibraryIsTooOld() {
        assertThat(message(linkError("/lib/libc.so.6: version `GLIBC_2.99' not found")))
                .contains("the C library lacks", "`GLIBC_2.99'", "needs glibc 2.17 or musl")
                .doesNotContain("spawn4j-1a2b", "workdir");
        assertThat(message(linkError("Error relocating x: getauxval: symbol not found")))
                .contains("the C library lacks", "getauxval");
    }

    @Test
    void saysWhatKeepsEachDirectoryFromBeingUsed() {
        LoadFailure failure = new LoadFailure();
        failure.add(Path.of("/tmp"), new IOException("No space left on device"));
        failure.add(Path.of("/opt"), new AccessDeniedException("/opt/spawn4j-1a2b"));

        assertThat(failure.error())
                .hasMessageContaining("/tmp: IOException: No space left on device; /opt: Access")
                .hasMessageContaining("io.github.spawn4j.workdir")
                .hasSuppressedException(new IOException("No space left on device"));
    }

    @Test
    void saysThatAFileMayNotBeExecuted() {
        assertThat(message(linkError("failed to map segment from shared object")))
                .contains("/tmp: what lies there may not be executed", "io.github.spawn4j.workdir");
    }

    @Test
    void saysThatNativeAccessIsDenied() {
        assertThat(message(new IllegalCallerException("Illegal native access from module x")))
                .contains("native access is denied", "--enable-native-access=io.github.spawn4j");
    }

    @Test
    void saysTheSameOnce() {
        UnsatisfiedLinkError error = linkError("version `GLIBC_2.99' not found");

        assertThat(message(error, error)).containsOnlyOnce("GLIBC_2.99");
    }
}
