// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.util.List;

/** Attributes as a request has them, except where in it their data lie. Immutable. */
final class AttributeRecords {
    private static final int WORD = Integer.BYTES;
    private static final int WORDS = RequestLayout.ATTRIBUTE_SIZE / WORD;

    private final int[] words;

    /** By the attribute's number; null for none. Null where no attribute has any. */
    private byte[][] data;

    private boolean haveDeathSignal;

    AttributeRecords(List<Attribute> attributes) {
        words = new int[attributes.size() * WORDS];
        for (int i = 0; i < attributes.size(); i++) {
            encode(attributes.get(i), i);
        }
    }

    private void encode(Attribute attribute, int number) {
        int at = number * WORDS;
        words[at + RequestLayout.ATTRIBUTE_TYPE / WORD] = attribute.type();
        words[at + RequestLayout.ATTRIBUTE_FIRST / WORD] = attribute.first();
        words[at + RequestLayout.ATTRIBUTE_SECOND / WORD] = attribute.second();
        Request.setLong(words, at + RequestLayout.ATTRIBUTE_VALUE / WORD, attribute.value());
        Request.setLong(words, at + RequestLayout.ATTRIBUTE_OTHER / WORD, attribute.other());
        haveDeathSignal |= attribute.type() == RequestLayout.PARENT_DEATH;
        if (attribute.data().length > 0) {
            if (data == null) {
                data = new byte[count()][];
            }
            data[number] = attribute.data();
        }
    }

    int count() {
        return words.length / WORDS;
    }

    /** Whether the child is to die with its parent. */
    boolean haveDeathSignal() {
        return haveDeathSignal;
    }

    /** Writes them to where a request has those from the number {@code first} on. */
    void writeTo(Request request, int[] target, int offset, int first) {
        int at = offset / WORD + first * WORDS;
        System.arraycopy(words, 0, target, at, words.length);
        for (int i = 0; data != null && i < data.length; i++) {
            if (data[i] != null) {
                target[at + i * WORDS + RequestLayout.ATTRIBUTE_DATA / WORD] =
                        request.addText(data[i]);
            }
        }
    }
}
