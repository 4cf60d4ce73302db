// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import picocli.CommandLine.Option;

/** {@code --help}, without the {@code --version} that picocli's own mixin brings along. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    boolean wanted;
}
