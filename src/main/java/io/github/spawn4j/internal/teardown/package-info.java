// SPDX-License-Identifier: Apache-2.0
/**
 * How children are ended: step by step, and all that is left when the JVM ends.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.teardown.Escalation}, one for each child.
 * {@link io.github.spawn4j.internal.teardown.Vanishing} only tells when many processes are gone.
 *
 * <p>It knows {@code internal.child}, {@code internal.loop} and {@code internal.os}.
 */
package io.github.spawn4j.internal.teardown;
