// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as a person reads them. */
final class Numbers {
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final double THOUSAND = 1000;

    private Numbers() {}

    /** Three digits, the others zero; a dash for NaN. */
    static String inWords(double number) {
        if (Double.isNaN(number)) {
            return "–";
        }
        BigDecimal rounded = BigDecimal.valueOf(number).round(THREE_DIGITS);
        return Math.abs(number) >= THOUSAND
                ? String.format(Locale.ROOT, "%,.0f", rounded)
                : plain(rounded);
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
