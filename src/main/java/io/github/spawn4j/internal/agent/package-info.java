// SPDX-License-Identifier: Apache-2.0
/**
 * The Java agent: what {@link java.lang.ProcessBuilder} and {@link java.lang.Runtime#exec} are to
 * start is started by this library, where it can.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.agent.Agent}, which the JVM calls before
 * {@code main}. The rest comes with the first process, by the class loader {@code OwnLoader}.
 *
 * <p>It knows the API, as a user does, and {@code internal.os}. Nobody knows it.
 */
package io.github.spawn4j.internal.agent;
