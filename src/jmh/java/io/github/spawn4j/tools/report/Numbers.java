package io.github.spawn4j.tools.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as a person reads them. */
final class Numbers {
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final double THOUSAND = 1000;

    private Numbers() {}

    /** Three digits, or all of those before the point; a dash for NaN. */
    static String inWords(double number) {
        if (Double.isNaN(number)) {
            return "–";
        }
        return Math.abs(number) >= THOUSAND
                ? String.format(Locale.ROOT, "%,.0f", number)
                : plain(BigDecimal.valueOf(number).round(THREE_DIGITS));
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
