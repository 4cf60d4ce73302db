// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Does numbered things on several threads, each of which takes the next number. */
final class Crowd {
    /** One of the things. */
    interface Task {
        void run(int number) throws Exception;
    }

    private Crowd() {}

    /**
     * Does all of them, or fails as the first of the threads that failed.
     *
     * @param from the first number
     * @param to one more than the last
     */
    static void run(int size, int from, int to, Task task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(size);
        AtomicInteger next = new AtomicInteger(from);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                ends.add(
                        threads.submit(
                                () -> {
                                    int number = next.getAndIncrement();
                                    while (number < to) {
                                        task.run(number);
                                        number = next.getAndIncrement();
                                    }
                                    return null;
                                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
