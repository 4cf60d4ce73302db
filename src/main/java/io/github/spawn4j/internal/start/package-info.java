// SPDX-License-Identifier: Apache-2.0
/**
 * A start, from the program that is taken to the child that has an owner.
 *
 * <p>Its entrance is {@link io.github.spawn4j.internal.start.Launched}, which puts the launch of a
 * request, a warm helper and the new child together. {@link
 * io.github.spawn4j.internal.start.TemplateProgram} is the program of a template.
 *
 * <p>It knows the rooms whose parts it puts together: {@code internal.launch}, {@code
 * internal.warm}, {@code internal.child}, {@code internal.streams}, {@code internal.cgroup} and
 * {@code internal.os}. Only the API knows it.
 */
package io.github.spawn4j.internal.start;
