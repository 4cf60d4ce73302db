// SPDX-License-Identifier: Apache-2.0
/** The kernel proposal's benchmark: short calls of command-line tools, 16 in flight. */
package io.github.spawn4j.tools.agent;
