// SPDX-License-Identifier: Apache-2.0
/**
 * Processes that the JDK starts, by {@link java.lang.ProcessBuilder}, where the kernel's own calls
 * are not to be had: what the rest of the library knows of a child and its streams, with a thread
 * for each stream that is read or written here.
 */
package io.github.spawn4j.internal.jdk;
