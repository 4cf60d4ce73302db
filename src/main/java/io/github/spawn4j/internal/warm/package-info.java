// SPDX-License-Identifier: Apache-2.0
/**
 * The helpers of programs that are kept warm: made, looked after and ended in the background.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.warm.WarmProgram}.
 *
 * <p>It knows {@code internal.launch} and {@code internal.os}.
 */
package io.github.spawn4j.internal.warm;
