// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** A test of what parks a virtual thread; needs a JDK that has them. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "no virtual threads before JDK 21")
public @interface InVirtualThread {}
