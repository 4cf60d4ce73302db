// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where calls work, and with what.
 *
 * @param directory the directory of all calls
 * @param environment the whole environment of every call
 * @param programs the tools that are there, each with its path
 */
record Place(Path directory, Map<String, String> environment, Map<String, String> programs) {
    /** The program of a call, and its arguments. */
    List<String> command(Call call) {
        List<String> command = new ArrayList<>();
        command.add(programs.get(call.tool()));
        command.addAll(call.args());
        return command;
    }
}
