// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** Runs the main class of a bundle in an OSGi framework. */
final class OsgiHost {
    /** What SLF4J requires: a backend, and who finds it. It does without. */
    private static final String BACKEND =
            "osgi.extender;osgi.extender=osgi.serviceloader.processor;version:Version=1.0,"
                    + "osgi.serviceloader;osgi.serviceloader=org.slf4j.spi.SLF4JServiceProvider";

    private OsgiHost() {}

    /**
     * @param args where the framework keeps its files, the name of the bundle, its main class, and
     *     all jars
     */
    public static void main(String[] args) throws Exception {
        Framework framework =
                new FrameworkFactory()
                        .newFramework(
                                Map.of(
                                        Constants.FRAMEWORK_STORAGE,
                                        args[0],
                                        Constants.FRAMEWORK_SYSTEMCAPABILITIES_EXTRA,
                                        BACKEND));
        framework.start();
        try {
            install(framework.getBundleContext(), args, 3);
            bundle(framework, args[1])
                    .loadClass(args[2])
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[0]);
        } finally {
            framework.stop();
            framework.waitForStop(TimeUnit.SECONDS.toMillis(10));
        }
    }

    private static void install(BundleContext context, String[] jars, int from)
            throws BundleException {
        for (int i = from; i < jars.length; i++) {
            context.installBundle(Path.of(jars[i]).toUri().toString());
        }
    }

    private static Bundle bundle(Framework framework, String name) {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new IllegalArgumentException("no bundle " + name);
    }
}
