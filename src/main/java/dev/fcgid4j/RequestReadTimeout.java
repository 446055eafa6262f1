/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How fast a client must send a request ({@code RequestReadTimeout}).
 *
 * <p>Source: httpd's mod_reqtimeout.
 *
 * @param header for the request line and the header fields; by default 20 s, and a second more for each 500 bytes, at most
 *     40 s
 * @param body for the body; by default 20 s, and a second more for each 500 bytes
 */
public record RequestReadTimeout(Stage header, Stage body) {

    private static final Duration NONE = Duration.ZERO;
    private static final RequestReadTimeout DEFAULTS = new RequestReadTimeout(
            new Stage(Duration.ofSeconds(20), Duration.ofSeconds(40), 500),
            new Stage(Duration.ofSeconds(20), NONE, 500));
    private static final Pattern WORD = Pattern.compile(
            "(header|body)=([0-9]{1,6})(?:-([0-9]{1,6}))?(?:,minrate=([0-9]{1,7}))?", Pattern.CASE_INSENSITIVE);

    public RequestReadTimeout {
        requireNonNull(header, "header");
        requireNonNull(body, "body");
    }

    /** The defaults that stand beside each component above. */
    public static RequestReadTimeout defaults() {
        return DEFAULTS;
    }

    /**
     * The limits of one part of a request.
     *
     * @param initial the time that it may take; zero for no limit
     * @param most the time that it may take although its bytes come fast enough; zero for no limit
     * @param minRate number of bytes that add a second to the time; 0 for a time that does not grow
     */
    public record Stage(Duration initial, Duration most, int minRate) {

        public Stage {
            if (initial.isNegative() || most.isNegative() || minRate < 0) {
                throw new IllegalArgumentException("a time or a rate is negative");
            }
        }

        /** Whether there is a limit. */
        public boolean isLimited() {
            return !initial.isZero();
        }

        /** Returns the time that it may take if so many bytes of it have arrived. */
        public Duration limit(long bytes) {
            Duration grown = minRate == 0 ? initial : initial.plusSeconds(bytes / minRate);
            return most.isZero() || grown.compareTo(most) <= 0 ? grown : most;
        }
    }

    /** Reads words such as {@code header=20-40,MinRate=500} and {@code body=20}; empty if they are not of this kind. */
    static Optional<RequestReadTimeout> parse(List<String> words) {
        Stage header = DEFAULTS.header();
        Stage body = DEFAULTS.body();
        for (String word : words) {
            Matcher matcher = WORD.matcher(word);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            Stage stage = stage(matcher);
            if (!stage.most().isZero() && stage.most().compareTo(stage.initial()) < 0) {
                return Optional.empty();
            }
            boolean isHeader = matcher.group(1).toLowerCase(Locale.ROOT).equals("header");
            header = isHeader ? stage : header;
            body = isHeader ? body : stage;
        }
        return Optional.of(new RequestReadTimeout(header, body));
    }

    private static Stage stage(Matcher word) {
        return new Stage(
                Duration.ofSeconds(number(word.group(2))),
                Duration.ofSeconds(number(word.group(3))),
                number(word.group(4)));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
