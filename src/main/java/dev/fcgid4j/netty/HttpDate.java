/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.api.Internal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Dates as HTTP writes them. The text of the current second is made once and shared.
 *
 * <p>Threading: any thread.
 *
 * <p>Source: RFC 9110 section 5.6.7.
 */
@Internal
public final class HttpDate {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static volatile Cached cached = new Cached(0, "");

    private record Cached(long second, String text) {}

    private HttpDate() {}

    /** The current time. */
    public static String now() {
        long second = System.currentTimeMillis() / 1000;
        Cached known = cached;
        if (known.second != second) {
            known = new Cached(second, format(Instant.ofEpochSecond(second)));
            cached = known;
        }
        return known.text;
    }

    /** A time, cut to whole seconds. */
    public static String format(Instant moment) {
        return FORMAT.format(moment.truncatedTo(ChronoUnit.SECONDS));
    }
}
