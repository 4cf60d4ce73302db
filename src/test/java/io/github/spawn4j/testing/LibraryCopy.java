// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Another copy of the library in this JVM, in a class loader of its own, as a web application has
 * it. Fresh: nothing has been used yet.
 */
public final class LibraryCopy implements AutoCloseable {
    private final URLClassLoader loader =
            new URLClassLoader(
                    Stream.of(System.getProperty("java.class.path").split(":"))
                            .map(LibraryCopy::url)
                            .toArray(URL[]::new),
                    ClassLoader.getPlatformClassLoader());

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(entry, e);
        }
    }

    public ClassLoader loader() {
        return loader;
    }

    /** Calls a static method without parameters of the class that the copy has for {@code type}. */
    public Object call(Class<?> type, String method) throws Exception {
        try {
            return loader.loadClass(type.getName()).getMethod(method).invoke(null);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Closes the jars; what is loaded lives on as long as somebody refers to it. */
    @Override
    public void close() throws IOException {
        loader.close();
    }
}
