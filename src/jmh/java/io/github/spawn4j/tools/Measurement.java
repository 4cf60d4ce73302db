package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;

/** What the starts of one spawner were measured to take. One thread at a time. */
final class Measurement {
    /** Of the children of a batch, from which on most ran on another processor. */
    private static final double MOST = 0.5;

    private final Samples all = new Samples();
    private final Samples elsewhere = new Samples();

    /** Adds the starts that were made without others in between. */
    void add(Samples batch) {
        all.addAll(batch);
        if (batch.elsewhereShare().orElse(0) > MOST) {
            elsewhere.addAll(batch.elsewhere());
        }
    }

    Samples all() {
        return all;
    }

    /**
     * Those whose child ran on another processor, of batches in which most did; may be none. The
     * single ones of other batches are left out: something has got in their way.
     */
    Samples elsewhere() {
        return elsewhere;
    }
}
