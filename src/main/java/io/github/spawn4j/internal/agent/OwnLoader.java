// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * The agent's own copy of the library, which an application that has one too does not meet: both
 * may be of different versions, and the application's comes first on the class path. Thread-safe.
 *
 * <p>A URLClassLoader would do, but has the JDK read its security properties, for which the first
 * start of a process would wait.
 */
final class OwnLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    /** Its files end with .classdata, as no tool is to take the folder for packages. */
    private static final String ASM = "META-INF/asm/";

    private final ProtectionDomain domain;

    /** Open for as long as the JVM lives. */
    private final JarFile jar;

    /** A loader of the jar that the JVM was given. */
    OwnLoader() throws IOException, URISyntaxException {
        super("spawn4j-agent", ClassLoader.getPlatformClassLoader());
        URL location = location();
        domain = new ProtectionDomain(new CodeSource(location, (Certificate[]) null), null);
        jar = new JarFile(new File(location.toURI()), false);
    }

    /** The JVM puts the jar of an agent behind all others. */
    private static URL location() throws IOException {
        String name = Agent.class.getName().replace('.', '/') + ".class";
        Enumeration<URL> all = ClassLoader.getSystemClassLoader().getResources(name);
        URL last = all.nextElement();
        while (all.hasMoreElements()) {
            last = all.nextElement();
        }
        return ((JarURLConnection) last.openConnection()).getJarFileURL();
    }

    /**
     * The library and ASM are never anybody else's: our parent would give those of a named module
     * of the application. SLF4J is the application's, so that what the agent says comes where its
     * messages go.
     */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("org.slf4j.")) {
            return ClassLoader.getSystemClassLoader().loadClass(name);
        }
        if (!name.startsWith("io.github.spawn4j.") && !name.startsWith("org.objectweb.asm.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }

    /** ASM lies where the application's loader does not find it, as it may have another version. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        boolean isAsm = name.startsWith("org.objectweb.asm.");
        try (InputStream file = getResourceAsStream(isAsm ? ASM + path + "data" : path)) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = file.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, domain);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Of the jar only; null if it has none, or can be read no more. */
    @Override
    public InputStream getResourceAsStream(String name) {
        ZipEntry entry = jar.getEntry(name);
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            return null;
        }
    }
}
