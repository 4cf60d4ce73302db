// SPDX-License-Identifier: Apache-2.0
/**
 * What the exported packages see of each other and nobody else does, as {@code jdk.internal.access}
 * of the JDK: the number behind a {@link io.github.spawn4j.control.Resource}, the constructor of a
 * {@link io.github.spawn4j.PidfdProcess}.
 *
 * <p>Its entrance is {@link Access}, which has an interface for each exported package. That package
 * has one class, {@code Inside}, which implements it.
 *
 * <p>It is the one room of the internals that knows the API, and only the API knows it.
 */
package io.github.spawn4j.internal.access;
