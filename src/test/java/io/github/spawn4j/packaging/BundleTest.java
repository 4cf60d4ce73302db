// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/** What OSGi reads in the manifest, against what the JVM reads in the module. */
class BundleTest {
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    private static Attributes manifest;
    private static ModuleDescriptor module;

    @BeforeAll
    static void read() throws Exception {
        Path classes = Jars.origin(PidfdProcess.class);
        try (InputStream in = Files.newInputStream(classes.resolve("META-INF/MANIFEST.MF"))) {
            manifest = new Manifest(in).getMainAttributes();
        }
        module = ModuleFinder.of(classes).find("io.github.spawn4j").orElseThrow().descriptor();
    }

    @Test
    void isNamedAsTheModule() {
        assertThat(manifest.getValue(Constants.BUNDLE_SYMBOLICNAME)).isEqualTo(module.name());
        assertThat(Version.parseVersion(manifest.getValue(Constants.BUNDLE_VERSION)))
                .isGreaterThan(Version.emptyVersion);
    }

    @Test
    void exportsWhatTheModuleExports() {
        assertThat(clauses(Constants.EXPORT_PACKAGE).map(BundleTest::name))
                .containsExactlyInAnyOrderElementsOf(Jars.exports(module));
    }

    @Test
    void needsSlf4jAndNothingElse() {
        assertThat(
                        clauses(Constants.IMPORT_PACKAGE)
                                .filter(clause -> !clause.contains("resolution:=optional"))
                                .map(BundleTest::name))
                .containsExactlyInAnyOrder("org.slf4j", "org.slf4j.spi");
        assertThat(manifest.getValue(Constants.REQUIRE_CAPABILITY))
                .isEqualTo("osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=17))\"");
    }

    /** The packages of a header with all that is said of each, except what is quoted. */
    private static Stream<String> clauses(String header) {
        return Stream.of(QUOTED.matcher(manifest.getValue(header)).replaceAll("").split(","));
    }

    private static String name(String clause) {
        return clause.split(";")[0];
    }
}
