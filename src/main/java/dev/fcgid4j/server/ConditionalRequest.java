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
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the conditions and the range of a GET or HEAD request for a file, in this order.
 *
 * <p>A request for several ranges gets the whole file, as RFC 9110 section 14.2 allows. A range counts only for GET.
 *
 * <p>Stateless. Source: RFC 9110 sections 13.2 and 14.
 */
final class ConditionalRequest {

    private ConditionalRequest() {}

    /**
     * The status to answer with, and the part of the file to send.
     *
     * @param status 200, 206, 304, 412 or 416
     * @param from first byte to send
     * @param length bytes to send; 0 for 304, 412 and 416
     */
    record Outcome(int status, long from, long length) {

        /** Returns the value of Content-Range for a status of 206. */
        String contentRange(long size) {
            return "bytes " + from + "-" + (from + length - 1) + "/" + size;
        }
    }

    /** Evaluates a request. A precondition that fails gives 412, a cache that is up to date 304. */
    static Outcome evaluate(HttpMethod method, HttpHeaders headers, OpenFile file) {
        Instant modified = file.modified().truncatedTo(ChronoUnit.SECONDS);
        String ifMatch = headers.get(HttpHeaderNames.IF_MATCH);
        Optional<Instant> unmodifiedSince = date(headers.get(HttpHeaderNames.IF_UNMODIFIED_SINCE));
        if (ifMatch != null
                ? !matches(ifMatch, file.etag(), false)
                : unmodifiedSince.filter(modified::isAfter).isPresent()) {
            return new Outcome(412, 0, 0);
        }
        String ifNoneMatch = headers.get(HttpHeaderNames.IF_NONE_MATCH);
        Optional<Instant> modifiedSince = date(headers.get(HttpHeaderNames.IF_MODIFIED_SINCE));
        boolean unchanged = ifNoneMatch != null
                ? matches(ifNoneMatch, file.etag(), true)
                : modifiedSince.filter(since -> !modified.isAfter(since)).isPresent();
        if (unchanged) {
            return new Outcome(304, 0, 0);
        }
        String range = headers.get(HttpHeaderNames.RANGE);
        if (range == null
                || !method.equals(HttpMethod.GET)
                || !ifRangeHolds(headers.get(HttpHeaderNames.IF_RANGE), file)) {
            return new Outcome(200, 0, file.size());
        }
        return range(range, file.size());
    }

    /** Returns whether a list of tags has the file's tag. Weak comparison ignores the mark of a weak tag (RFC 9110 section 8.8.3.2). */
    private static boolean matches(String tags, String etag, boolean weak) {
        return tags.strip().equals("*")
                || Arrays.stream(tags.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals(etag) || (weak && tag.equals("W/" + etag)));
    }

    /** Returns whether the client's part is of the present version of the file; otherwise it gets the whole file. */
    private static boolean ifRangeHolds(@Nullable String ifRange, OpenFile file) {
        return ifRange == null || ifRange.equals(file.etag()) || ifRange.equals(file.lastModified());
    }

    /** Evaluates one range of bytes: {@code from-to}, {@code from-} or, for the last bytes, {@code -length}. */
    private static Outcome range(String text, long size) {
        Outcome whole = new Outcome(200, 0, size);
        if (!text.startsWith("bytes=") || text.indexOf(',') >= 0) {
            return whole;
        }
        String spec = text.substring(6).strip();
        int dash = spec.indexOf('-');
        try {
            if (dash == 0) {
                long last = Math.min(number(spec.substring(1)), size);
                return last == 0 ? new Outcome(416, 0, 0) : new Outcome(206, size - last, last);
            }
            if (dash < 0) {
                return whole;
            }
            long from = number(spec.substring(0, dash));
            long to = dash == spec.length() - 1 ? size - 1 : Math.min(number(spec.substring(dash + 1)), size - 1);
            if (from >= size) {
                return new Outcome(416, 0, 0);
            }
            return from > to ? whole : new Outcome(206, from, to - from + 1);
        } catch (NumberFormatException e) {
            return whole; // an invalid range is ignored (section 14.2)
        }
    }

    /** Parses a number that fits into a long. A larger one, a sign or a space makes the range invalid. */
    private static long number(String digits) {
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NumberFormatException(digits);
        }
        return Long.parseLong(digits);
    }

    /** Parses a date of HTTP; empty if there is none, or it is invalid. */
    private static Optional<Instant> date(@Nullable String text) {
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
