/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The Date header (RFC 9110 section 6.6.1), made once a second. Any thread. */
public final class HttpDate {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static volatile Cached cached = new Cached(0, "");

    private record Cached(long second, String text) {}

    private HttpDate() {}

    /** Now. */
    public static String now() {
        long second = System.currentTimeMillis() / 1000;
        Cached known = cached;
        if (known.second != second) {
            known = new Cached(second, format(Instant.ofEpochSecond(second)));
            cached = known;
        }
        return known.text;
    }

    /** A moment, cut to whole seconds. */
    public static String format(Instant moment) {
        return FORMAT.format(moment.truncatedTo(ChronoUnit.SECONDS));
    }
}
