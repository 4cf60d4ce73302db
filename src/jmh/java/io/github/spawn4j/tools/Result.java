package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;

/** What the starts of one spawner were measured to take. One thread at a time. */
final class Result {
    /**
     * The share of a batch's children that must have run on another processor for it to count as
     * one in which they did: not all, as the scheduler moves some back.
     */
    static final double MOST = 0.75;

    private final Samples all = new Samples();
    private final Samples apart = new Samples();

    void add(Samples batch) {
        all.addAll(batch);
        if (batch.apartShare().orElse(0) >= MOST) {
            apart.addAll(batch);
        }
    }

    Samples all() {
        return all;
    }

    /** Those of batches in which the children ran on another processor; may be none. */
    Samples apart() {
        return apart;
    }
}
