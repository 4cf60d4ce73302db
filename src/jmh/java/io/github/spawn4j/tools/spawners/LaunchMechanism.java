// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.IOException;

/** The ways in which {@link ProcessBuilder} can start processes: a JVM keeps to the first. */
final class LaunchMechanism {
    private static final String PROPERTY = "jdk.lang.Process.launchMechanism";

    /** Opens a spawner. */
    interface Opener {
        Spawner open() throws IOException;
    }

    private LaunchMechanism() {}

    /**
     * Has this JVM use one, and sees at once whether it can. For JVMs that have started no process
     * yet: after the first start the JDK looks at the property no more.
     *
     * @throws IOException if it does not know it
     */
    static Spawner use(String mechanism, Opener opener) throws IOException {
        System.setProperty(PROPERTY, mechanism);
        Spawner spawner = opener.open();
        try {
            spawner.spawn(1, new Samples());
            return spawner;
        } catch (Error e) {
            spawner.close();
            throw new IOException("this JVM has no launch mechanism " + mechanism, e);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
