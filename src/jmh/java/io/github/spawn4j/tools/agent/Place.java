// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where calls work, and with what.
 *
 * @param directory the directory of all calls
 * @param environment the whole environment of every call
 * @param programs the tools that are there, each with its path
 */
record Place(Path directory, Map<String, String> environment, Map<String, String> programs) {}
