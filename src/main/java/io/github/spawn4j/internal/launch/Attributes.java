// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a child gives itself, in the order in which it does so. Immutable, so that a template shares
 * it with what it starts: it is encoded at the first start, and only copied at the next ones.
 */
public final class Attributes {
    public static final Attributes NONE = new Attributes(Map.of());

    /** By their place in the order, so that the last one that was given for a place counts. */
    private final Map<Integer, Attribute> places;

    private final List<Attribute> all;

    /** Null until it is asked for. Volatile, as another thread must not see half of it. */
    private volatile AttributeRecords records;

    /** These and one more, as it was last asked for. */
    private volatile Attributes more;

    private Attributes(Map<Integer, Attribute> places) {
        this.places = places;
        all = List.copyOf(places.values());
    }

    /** These with {@code attribute}, in place of the one that had its place. */
    public Attributes with(Attribute attribute) {
        Map<Integer, Attribute> changed = new TreeMap<>(places);
        changed.put(attribute.place(), attribute);
        return new Attributes(changed);
    }

    /** These with {@code attribute} unless its place is taken; cheap for the same one again. */
    public Attributes withDefault(Attribute attribute) {
        if (places.containsKey(attribute.place())) {
            return this;
        }
        Attributes known = more;
        if (known == null || known.places.get(attribute.place()) != attribute) {
            known = with(attribute);
            more = known;
        }
        return known;
    }

    /** These without what is of a type, except limits. */
    public Attributes without(int type) {
        if (!has(type)) {
            return this;
        }
        Map<Integer, Attribute> changed = new TreeMap<>(places);
        changed.remove(Attribute.place(type));
        return new Attributes(changed);
    }

    /** Whether there is one of a type, except limits. */
    public boolean has(int type) {
        return places.containsKey(Attribute.place(type));
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    public List<Attribute> all() {
        return all;
    }

    AttributeRecords records() {
        AttributeRecords known = records;
        if (known == null) {
            known = new AttributeRecords(all);
            records = known;
        }
        return known;
    }
}
