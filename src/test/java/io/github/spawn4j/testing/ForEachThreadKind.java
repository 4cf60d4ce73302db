// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test in which a thread waits: in the kernel, or parked where there are virtual threads. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@MethodSource("io.github.spawn4j.testing.ThreadKind#available")
public @interface ForEachThreadKind {}
