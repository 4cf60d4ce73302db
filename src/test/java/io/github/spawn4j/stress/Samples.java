// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static java.time.Duration.ofSeconds;

import io.github.spawn4j.Capture;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Sandbox;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.WindowSize;
import io.github.spawn4j.control.FileAccess;
import io.github.spawn4j.control.IdMap;
import io.github.spawn4j.strict.PosixSpawn.Attributes;
import io.github.spawn4j.strict.PosixSpawn.FileActions;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.strict.StrictSpawnTemplate.CreateArgs;
import io.github.spawn4j.warm.Warm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.Type;
import java.net.Socket;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An argument of each type that a public method takes. */
final class Samples {
    private final Map<Class<?>, Object> byType = new HashMap<>();

    Samples() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        put(boolean.class, true);
        put(int.class, 3);
        put(long.class, 1L);
        put(double.class, 1.0);
        put(String.class, "true");
        put(byte[].class, new byte[1]);
        put(Path.class, folder);
        put(Map.class, Map.of("A", "b"));
        put(Duration.class, ofSeconds(1));
        put(Signal.class, Signal.TERM);
        put(Redirect.class, Redirect.DISCARD);
        put(Teardown.class, Teardown.DEFAULT);
        put(WindowSize.class, new WindowSize(24, 80));
        put(RunOptions.class, RunOptions.timeout(ofSeconds(30)).anyExit());
        put(Capture.class, Capture.keepTail(1));
        put(FileAccess.class, FileAccess.NONE);
        put(IdMap.class, IdMap.OWN);
        put(Sandbox.class, Sandbox.of(folder));
        put(Consumer.class, (Consumer<Object>) any -> {});
        put(InputStream.class, new ByteArrayInputStream(new byte[0]));
        put(OutputStream.class, new ByteArrayOutputStream());
        put(Charset.class, StandardCharsets.UTF_8);
        put(Channel.class, Channels.newChannel(System.in));
        put(Socket.class, new Socket());
        put(FileDescriptor.class, FileDescriptor.in);
        put(ProcessBuilder.class, new ProcessBuilder("true"));
        put(Object.class, "true");
        put(TimeUnit.class, TimeUnit.SECONDS);
        put(SpawnAction.class, SpawnAction.close(3));
        put(FileActions.class, new FileActions());
        put(Attributes.class, new Attributes());
        put(CreateArgs.class, new CreateArgs());
        put(Warm.class, Warm.on());
    }

    private <T> void put(Class<T> type, Object sample) {
        byType.put(type, sample);
    }

    Object[] of(Executable executable) {
        Class<?>[] types = executable.getParameterTypes();
        Type[] generic = executable.getGenericParameterTypes();
        Object[] samples = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            samples[i] = of(types[i], generic[i].getTypeName());
        }
        return samples;
    }

    private Object of(Class<?> type, String generic) {
        Object known = byType.get(type);
        if (known != null) {
            return known;
        }
        if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), 1);
            Array.set(array, 0, of(type.getComponentType(), ""));
            return array;
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type == EmptyProcess.class) {
            return PidfdProcess.builder("true"); // which can be started once
        }
        if (type.isAssignableFrom(List.class)) {
            return List.of(element(generic));
        }
        throw new AssertionError("no sample of " + generic + " " + type);
    }

    private Object element(String list) {
        return byType.entrySet().stream()
                .filter(sample -> list.endsWith("<" + sample.getKey().getName() + ">"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("true");
    }
}
