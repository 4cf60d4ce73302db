// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Spawn;
import io.github.spawn4j.internal.os.WarmSpawn;
import java.util.Arrays;

/**
 * The fields, records and texts of one request, and afterwards of its outcome; the layout is {@link
 * RequestLayout}'s. One thread at a time.
 */
final class Request {
    /*
     * Numbers in an array of them and texts as they are, for C to put one behind the other: to write
     * them into the block from here takes a call for each, which the interpreter makes slowly, and
     * the first starts of a JVM are all interpreted.
     */
    private static final int WORD = Integer.BYTES;

    private static final int FEW_TEXTS = 6;

    /** Enough for a request with some actions. */
    private static final int USUAL_WORDS = 256;

    /**
     * Arrays of that size for the next requests: it would be a third of what a start allocates.
     * Guarded by its monitor: a lock stays locked for ever if its holder's stack overflows when he
     * is about to release it, and every later start would wait for it.
     */
    @GuardedBy("SPARE")
    private static final int[][] SPARE = new int[32][];

    @GuardedBy("SPARE")
    private static int spareCount;

    private final int[] words;
    private final int wordsCount;
    private final int maxSources;
    private final int maxAttributes;
    private final int maxActions;
    private final int attributesOffset;
    private final int actionsOffset;
    private final int textsOffset;
    private int sources;
    private int attributes;
    private int actions;

    private byte[][] texts = new byte[FEW_TEXTS][];
    private int textsCount;

    /** Where the last text ends. */
    private int end;

    /** A request with room for so many records of each kind. */
    Request(int maxSources, int maxAttributes, int maxActions) {
        this.maxSources = maxSources;
        this.maxAttributes = maxAttributes;
        this.maxActions = maxActions;
        attributesOffset = RequestLayout.HEADER_SIZE + maxSources * RequestLayout.SOURCE_SIZE;
        actionsOffset = attributesOffset + maxAttributes * RequestLayout.ATTRIBUTE_SIZE;
        textsOffset = actionsOffset + maxActions * RequestLayout.ACTION_SIZE;
        end = textsOffset;
        wordsCount = textsOffset / WORD;
        words = words(wordsCount);
        set(RequestLayout.EXEC_SOURCE, -1);
    }

    /** At least {@code count} words, of which so many are zero. */
    private static int[] words(int count) {
        if (count > USUAL_WORDS) {
            return new int[count];
        }
        int[] spare = takeSpare();
        if (spare == null) {
            return new int[USUAL_WORDS];
        }
        Arrays.fill(spare, 0, count, 0);
        return spare;
    }

    private static int[] takeSpare() {
        synchronized (SPARE) {
            if (spareCount == 0) {
                return null;
            }
            int[] spare = SPARE[--spareCount];
            SPARE[spareCount] = null;
            return spare;
        }
    }

    /** Leaves its memory to the next one; nobody must use this any more, nor its outcome. */
    void recycle() {
        if (words.length == USUAL_WORDS) {
            synchronized (SPARE) {
                if (spareCount < SPARE.length) {
                    SPARE[spareCount++] = words;
                }
            }
        }
    }

    void set(int field, int value) {
        words[field / WORD] = value;
    }

    int get(int field) {
        return words[field / WORD];
    }

    /** One record more would be written over those of the next kind. */
    private static void checkRoom(int wanted, int most, String records) {
        if (wanted > most) {
            throw new IllegalStateException("more than " + most + " " + records);
        }
    }

    /** Returns the number of the source. */
    int addSource(int kind, int fd) {
        checkRoom(sources + 1, maxSources, "sources");
        int at = (RequestLayout.HEADER_SIZE + sources * RequestLayout.SOURCE_SIZE) / WORD;
        words[at + RequestLayout.SOURCE_KIND / WORD] = kind;
        words[at + RequestLayout.SOURCE_FD / WORD] = fd;
        return sources++;
    }

    void addAttributes(AttributeRecords records) {
        checkRoom(attributes + records.count(), maxAttributes, "attributes");
        records.writeTo(this, words, attributesOffset, attributes);
        attributes += records.count();
    }

    void addAction(
            int type, int index, int fd, int newfd, int flags, int mode, int text, long value) {
        checkRoom(actions + 1, maxActions, "actions");
        int at = (actionsOffset + actions++ * RequestLayout.ACTION_SIZE) / WORD;
        words[at + RequestLayout.ACTION_TYPE / WORD] = type;
        words[at + RequestLayout.ACTION_INDEX / WORD] = index;
        words[at + RequestLayout.ACTION_FD / WORD] = fd;
        words[at + RequestLayout.ACTION_NEWFD / WORD] = newfd;
        words[at + RequestLayout.ACTION_FLAGS / WORD] = flags;
        words[at + RequestLayout.ACTION_MODE / WORD] = mode;
        words[at + RequestLayout.ACTION_TEXT / WORD] = text;
        setLong(words, at + RequestLayout.ACTION_VALUE / WORD, value);
    }

    /** The lower half first: x86_64 and aarch64 are little-endian. */
    static void setLong(int[] words, int word, long value) {
        words[word] = (int) value;
        words[word + 1] = (int) (value >>> Integer.SIZE);
    }

    /** Adds one or more texts, which are not changed any more. Returns their offset. */
    int addText(byte[] text) {
        if (textsCount == texts.length) {
            texts = Arrays.copyOf(texts, 2 * texts.length);
        }
        texts[textsCount++] = text;
        int offset = align(end);
        end = Math.addExact(offset, text.length);
        return offset;
    }

    /** The first multiple of 8 from {@code offset} on. */
    private static int align(int offset) {
        return Math.addExact(offset, Long.BYTES - 1) & -Long.BYTES;
    }

    /** Writes what depends on all that was added. Returns how many bytes the request takes. */
    private int finish() {
        int pointers = align(end);
        int count = get(RequestLayout.ARGV_COUNT) + get(RequestLayout.ENVP_COUNT) + 3;
        int length = Math.addExact(pointers, Math.multiplyExact(count, Long.BYTES));
        set(RequestLayout.LENGTH, length);
        set(RequestLayout.SOURCES_OFFSET, RequestLayout.HEADER_SIZE);
        set(RequestLayout.SOURCES_COUNT, sources);
        set(RequestLayout.ATTRIBUTES_OFFSET, attributesOffset);
        set(RequestLayout.ATTRIBUTES_COUNT, attributes);
        set(RequestLayout.ACTIONS_OFFSET, actionsOffset);
        set(RequestLayout.ACTIONS_COUNT, actions);
        set(RequestLayout.POINTERS_OFFSET, pointers);
        return length;
    }

    /** Starts the process; the outcome is then in the header and in the sources. */
    void launch() {
        Spawn.spawn(words, wordsCount, texts, textsCount, finish(), outcomeWords());
    }

    private int outcomeWords() {
        return (RequestLayout.HEADER_SIZE + sources * RequestLayout.SOURCE_SIZE) / WORD;
    }

    /** The same through a helper; see {@link WarmSpawn#start}. */
    int launchWarm(long helper, int deadlineMs) {
        return WarmSpawn.start(
                helper, words, wordsCount, texts, textsCount, finish(), outcomeWords(), deadlineMs);
    }

    /** Makes a helper for the program; see {@link WarmSpawn#make}. */
    int makeHelper(int deadlineMs, long[] made) {
        return WarmSpawn.make(words, wordsCount, texts, textsCount, finish(), deadlineMs, made);
    }

    int source(int source, int field) {
        return get(RequestLayout.HEADER_SIZE + source * RequestLayout.SOURCE_SIZE + field);
    }

    int action(int action, int field) {
        return get(actionsOffset + action * RequestLayout.ACTION_SIZE + field);
    }

    /** What was added as the text at {@code offset}. */
    byte[] text(int offset) {
        int at = textsOffset;
        for (int i = 0; i < textsCount; i++) {
            at = align(at);
            if (at == offset && texts[i].length > 0) { // an empty one shares the place of the next
                return texts[i];
            }
            at += texts[i].length;
        }
        throw new IllegalArgumentException("no text at " + offset);
    }
}
