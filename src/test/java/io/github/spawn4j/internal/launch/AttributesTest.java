// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttributesTest {
    private static final Attribute UMASK = Attribute.umask(027);
    private static final Attribute NICE = Attribute.nice(5);
    private static final Attribute FILES = Attribute.limit(7, "NOFILE", 256, 256);

    @Test
    void areInTheOrderOfTheKernelWhateverTheOrderOfTheCalls() {
        assertThat(Attributes.NONE.with(FILES).with(NICE).with(UMASK).all())
                .containsExactly(UMASK, NICE, FILES);
    }

    @Test
    void haveTheLastOneThatWasGivenForAPlace() {
        Attribute nicer = Attribute.nice(6);

        assertThat(Attributes.NONE.with(NICE).with(nicer).all()).containsExactly(nicer);
    }

    @Test
    void areNotChangedByWhatIsMadeOfThem() {
        Attributes before = Attributes.NONE.with(UMASK);

        before.with(NICE);
        before.without(RequestLayout.UMASK);
        before.withDefault(FILES);

        assertThat(before.all()).containsExactly(UMASK);
        assertThat(Attributes.NONE.all()).isEmpty();
    }

    @Test
    void takeADefaultOnlyWhereNothingWasSaid() {
        Attribute raised = Attribute.putBackLimit(7, "NOFILE", 1024);
        Attributes silent = Attributes.NONE.with(UMASK);

        assertThat(Attributes.NONE.with(FILES).withDefault(raised).all()).containsExactly(FILES);
        assertThat(silent.withDefault(raised).all()).containsExactly(UMASK, raised);
        assertThat(silent.withDefault(raised)).isSameAs(silent.withDefault(raised));
    }

    /** Each finds its own data, also behind one that was added before. */
    @Test
    void areEncodedBehindOneAnother() {
        Request request = new Request(0, 4, 0);
        Attribute processors = Attribute.cpuAffinity(BitSet.valueOf(new long[] {3}));
        Attribute score = Attribute.oomScoreAdj(500);

        request.addAttributes(new AttributeRecords(List.of(UMASK)));
        request.addAttributes(Attributes.NONE.with(processors).with(NICE).with(score).records());

        assertThat(new int[] {word(request, 0), word(request, 1), word(request, 2)})
                .containsExactly(
                        RequestLayout.UMASK, RequestLayout.NICE, RequestLayout.CPU_AFFINITY);
        assertThat(request.text(data(request, 2))).isEqualTo(processors.data());
        assertThat(request.text(data(request, 3))).isEqualTo(score.data());
    }

    @Test
    void areNotWrittenOverWhatComesBehindThem() {
        Request request = new Request(0, 1, 1);

        assertThatThrownBy(
                        () ->
                                request.addAttributes(
                                        Attributes.NONE.with(UMASK).with(NICE).records()))
                .isInstanceOf(IllegalStateException.class);
    }

    private static int word(Request request, int attribute) {
        return request.get(at(attribute) + RequestLayout.ATTRIBUTE_TYPE);
    }

    private static int data(Request request, int attribute) {
        return request.get(at(attribute) + RequestLayout.ATTRIBUTE_DATA);
    }

    private static int at(int attribute) {
        return RequestLayout.HEADER_SIZE + attribute * RequestLayout.ATTRIBUTE_SIZE;
    }
}
