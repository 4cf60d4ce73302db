// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import java.lang.instrument.Instrumentation;

/** Another agent, which has the JVM make the JDK's classes anew; and its application. */
public final class Anew {
    private static Instrumentation jvm;

    private Anew() {}

    public static void premain(String options, Instrumentation given) {
        jvm = given;
    }

    public static void main(String[] args) throws Exception {
        new ProcessBuilder("true").start().waitFor();
        jvm.retransformClasses(ProcessBuilder.class, Class.forName("java.lang.ProcessImpl"));
        System.out.println("anew: " + new ProcessBuilder("true").start().getClass().getName());
    }
}
