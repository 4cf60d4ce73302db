// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A test of the everyday contract: it holds for every strategy, for templates that are kept warm,
 * and where the JDK starts the processes.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@MethodSource("io.github.spawn4j.testing.StartWay#everyday")
@ExtendWith(StartWay.class)
public @interface ForEachWay {}
