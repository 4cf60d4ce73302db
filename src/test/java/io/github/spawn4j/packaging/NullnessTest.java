// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What the API says of null to compilers and other tools. */
class NullnessTest {
    /** So that a type without an annotation is one that is never null. */
    @Test
    void isSaidOfEachExportedPackage() throws Exception {
        ModuleDescriptor module =
                ModuleFinder.of(Jars.origin(PidfdProcess.class))
                        .find("io.github.spawn4j")
                        .orElseThrow()
                        .descriptor();
        List<String> marked = new ArrayList<>();
        for (String name : module.packages()) {
            if (isNullMarked(name)) {
                marked.add(name);
            }
        }
        assertThat(marked).containsExactlyInAnyOrderElementsOf(Jars.exports(module));
    }

    private static boolean isNullMarked(String name) {
        try {
            return Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
