/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a GET or HEAD of a file comes to: conditions first, then the range.
 *
 * <p>Several ranges in one request are answered with the whole file, as RFC 9110 section 14.2 allows. A range counts
 * for GET alone.
 *
 * <p>Source: RFC 9110 sections 13.2 and 14.
 */
final class ConditionalRequest {

    private ConditionalRequest() {}

    /**
     * The answer.
     *
     * @param status 200, 206, 304, 412 or 416
     * @param from first byte to send
     * @param length bytes to send
     */
    record Verdict(int status, long from, long length) {
        String contentRange(long size) {
            return "bytes " + from + "-" + (from + length - 1) + "/" + size;
        }
    }

    static Verdict check(HttpMethod method, HttpHeaders headers, OpenFile file) {
        Instant modified = file.modified().truncatedTo(ChronoUnit.SECONDS);
        String ifMatch = headers.get(HttpHeaderNames.IF_MATCH);
        Optional<Instant> unmodifiedSince = date(headers.get(HttpHeaderNames.IF_UNMODIFIED_SINCE));
        if (ifMatch != null
                ? !matches(ifMatch, file.etag(), false)
                : unmodifiedSince.filter(modified::isAfter).isPresent()) {
            return new Verdict(412, 0, 0);
        }
        String ifNoneMatch = headers.get(HttpHeaderNames.IF_NONE_MATCH);
        Optional<Instant> modifiedSince = date(headers.get(HttpHeaderNames.IF_MODIFIED_SINCE));
        boolean fresh = ifNoneMatch != null
                ? matches(ifNoneMatch, file.etag(), true)
                : modifiedSince.filter(since -> !modified.isAfter(since)).isPresent();
        if (fresh) {
            return new Verdict(304, 0, 0);
        }
        String range = headers.get(HttpHeaderNames.RANGE);
        if (range == null
                || !method.equals(HttpMethod.GET)
                || !rangeStillMeant(headers.get(HttpHeaderNames.IF_RANGE), file)) {
            return new Verdict(200, 0, file.size());
        }
        return range(range, file.size());
    }

    /** Weak comparison takes no notice of the mark of a weak tag (RFC 9110 section 8.8.3.2). */
    private static boolean matches(String tags, String etag, boolean weak) {
        return tags.strip().equals("*")
                || Arrays.stream(tags.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals(etag) || (weak && tag.equals("W/" + etag)));
    }

    private static boolean rangeStillMeant(@org.jspecify.annotations.Nullable String ifRange, OpenFile file) {
        return ifRange == null || ifRange.equals(file.etag()) || ifRange.equals(file.lastModified());
    }

    private static Verdict range(String text, long size) {
        Verdict whole = new Verdict(200, 0, size);
        if (!text.startsWith("bytes=") || text.indexOf(',') >= 0) {
            return whole;
        }
        String spec = text.substring(6).strip();
        int dash = spec.indexOf('-');
        try {
            if (dash == 0) {
                long last = Math.min(number(spec.substring(1)), size);
                return last == 0 ? new Verdict(416, 0, 0) : new Verdict(206, size - last, last);
            }
            if (dash < 0) {
                return whole;
            }
            long from = number(spec.substring(0, dash));
            long to = dash == spec.length() - 1 ? size - 1 : Math.min(number(spec.substring(dash + 1)), size - 1);
            if (from >= size) {
                return new Verdict(416, 0, 0);
            }
            return from > to ? whole : new Verdict(206, from, to - from + 1);
        } catch (NumberFormatException e) {
            return whole; // a range that is no range is ignored (section 14.2)
        }
    }

    private static long number(String digits) {
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NumberFormatException(digits);
        }
        return Long.parseLong(digits);
    }

    private static Optional<Instant> date(@org.jspecify.annotations.Nullable String text) {
        try {
            return text == null
                    ? Optional.empty()
                    : Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty(); // an invalid date is ignored (section 13.1.3)
        }
    }
}
