// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

/**
 * What a JVM carries while it starts programs.
 *
 * @param openFiles files that it has open, besides those that it needs
 * @param earlyFiles those that it has opened before it loaded a library
 * @param residentMib MiB of memory that it uses, besides what it needs
 */
record Burden(int openFiles, int residentMib, int earlyFiles) {
    static final Burden NONE = new Burden(0, 0, 0);
}
