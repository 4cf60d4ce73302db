// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.Shell;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One call of a tool, as an agent would make it, and how to tell that the answer is right.
 *
 * @param tool the tool's name
 * @param args its arguments; what it then prints must fit into a pipe, 64 KiB
 * @param isRight what its whole output must satisfy
 */
record Call(String tool, List<String> args, Predicate<String> isRight) {
    @Override
    public String toString() {
        return Stream.concat(Stream.of(tool), args.stream())
                .map(Shell::quote)
                .collect(Collectors.joining(" "));
    }
}
