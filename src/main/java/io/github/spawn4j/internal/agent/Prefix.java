// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import java.lang.reflect.InvocationHandler;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What a static method of the JDK gets before its own body. Immutable.
 *
 * <pre>{@code
 * Object result = ((InvocationHandler) ClassLoader.getSystemClassLoader()
 *         .loadClass(Agent).getField("takeover").get(null)).invoke("method", null, new Object[] {arguments...});
 * if (result != null) {
 *     return (T) result;
 * }
 * }</pre>
 *
 * <p>The agent is found by its name, as the classes of java.base know no loader but their own. A
 * jar that is appended to the boot class path would be found at once, but makes the JVM print a
 * warning and do without its archive of classes (CDS). The JVM has loaded the agent by the same
 * loader.
 */
final class Prefix {
    static final String START = "start";
    private static final String START_PIPELINE = "startPipeline";

    /** Of ProcessImpl.start, which ProcessBuilder.start and so Runtime.exec end in. */
    static final Prefix OF_START =
            new Prefix(
                    START,
                    "([Ljava/lang/String;Ljava/util/Map;Ljava/lang/String;"
                            + "[Ljava/lang/ProcessBuilder$Redirect;Z)Ljava/lang/Process;");

    /**
     * Of ProcessBuilder.startPipeline: the descriptors that its processes share are the JDK's own
     * business, so a pipeline is taken over as a whole.
     */
    static final Prefix OF_START_PIPELINE =
            new Prefix(START_PIPELINE, "(Ljava/util/List;)Ljava/util/List;");

    private static final String TAKEOVER = "takeover";
    private static final String HANDLER = Type.getInternalName(InvocationHandler.class);
    private static final String OBJECT = "java/lang/Object";

    /** The handler, its first two arguments, and the array twice, an index and what goes there. */
    private static final int STACK = 7;

    private final String method;
    private final String descriptor;

    private Prefix(String method, String descriptor) {
        this.method = method;
        this.descriptor = descriptor;
    }

    /**
     * The class file with the prefix.
     *
     * @throws IllegalStateException if there is no such method: it is a JDK that we do not know
     */
    byte[] addTo(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, 0);
        Finder finder = new Finder(writer);
        reader.accept(finder, 0);
        if (!finder.hasFound) {
            throw new IllegalStateException(
                    reader.getClassName() + " has no method " + method + descriptor);
        }
        return writer.toByteArray();
    }

    private final class Finder extends ClassVisitor {
        private boolean hasFound;

        Finder(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String type, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, type, signature, exceptions);
            if (!name.equals(method) || !type.equals(descriptor)) {
                return next;
            }
            hasFound = true;
            return new Inserter(next);
        }
    }

    private final class Inserter extends MethodVisitor {
        Inserter(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            pushTakeover();
            visitLdcInsn(method);
            visitInsn(Opcodes.ACONST_NULL);
            pushArguments(Type.getArgumentTypes(descriptor));
            visitMethodInsn(
                    Opcodes.INVOKEINTERFACE,
                    HANDLER,
                    "invoke",
                    "(Ljava/lang/Object;Ljava/lang/reflect/Method;[Ljava/lang/Object;)"
                            + "Ljava/lang/Object;",
                    true);
            Label ownBody = new Label();
            visitInsn(Opcodes.DUP);
            visitJumpInsn(Opcodes.IFNULL, ownBody);
            visitTypeInsn(Opcodes.CHECKCAST, Type.getReturnType(descriptor).getInternalName());
            visitInsn(Opcodes.ARETURN);
            visitLabel(ownBody);
            visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {OBJECT});
            visitInsn(Opcodes.POP);
        }

        private void pushTakeover() {
            visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    "java/lang/ClassLoader",
                    "getSystemClassLoader",
                    "()Ljava/lang/ClassLoader;",
                    false);
            visitLdcInsn(Agent.class.getName());
            visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL,
                    "java/lang/ClassLoader",
                    "loadClass",
                    "(Ljava/lang/String;)Ljava/lang/Class;",
                    false);
            visitLdcInsn(TAKEOVER);
            visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL,
                    "java/lang/Class",
                    "getField",
                    "(Ljava/lang/String;)Ljava/lang/reflect/Field;",
                    false);
            visitInsn(Opcodes.ACONST_NULL);
            visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL,
                    "java/lang/reflect/Field",
                    "get",
                    "(Ljava/lang/Object;)Ljava/lang/Object;",
                    false);
            visitTypeInsn(Opcodes.CHECKCAST, HANDLER);
        }

        private void pushArguments(Type[] types) {
            visitIntInsn(Opcodes.BIPUSH, types.length);
            visitTypeInsn(Opcodes.ANEWARRAY, OBJECT);
            for (int i = 0; i < types.length; i++) { // each takes one local
                visitInsn(Opcodes.DUP);
                visitIntInsn(Opcodes.BIPUSH, i);
                if (types[i].getSort() == Type.BOOLEAN) {
                    visitVarInsn(Opcodes.ILOAD, i);
                    visitMethodInsn(
                            Opcodes.INVOKESTATIC,
                            "java/lang/Boolean",
                            "valueOf",
                            "(Z)Ljava/lang/Boolean;",
                            false);
                } else {
                    visitVarInsn(Opcodes.ALOAD, i);
                }
                visitInsn(Opcodes.AASTORE);
            }
        }

        @Override
        public void visitMaxs(int stack, int locals) {
            super.visitMaxs(Math.max(stack, STACK), locals);
        }
    }
}
