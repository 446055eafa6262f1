/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The kind of value that a setting takes: how its text is read, and which values are permitted. The same range holds for
 * a directive and for a Java call.
 *
 * @param <T> the type of the value
 * @param count how many words a directive has; {@link #SEVERAL} for one or more
 * @param expected the permitted values, as an error message names them
 * @param reader makes a value of the words; empty when they are not of this kind
 * @param permitted whether a value is in the range
 */
record Argument<T>(int count, String expected, Function<List<String>, Optional<T>> reader, Predicate<T> permitted) {

    private static final int SEVERAL = -1; // words, at least one
    private static final String WHOLE_NUMBER = "a whole number from %d to %d";
    private static final long TEN_YEARS = 10L * 365 * 24 * 3600;

    /** One word, as it is. */
    static Argument<String> text() {
        return new Argument<>(1, "one word", words -> Optional.of(words.get(0)), value -> true);
    }

    /** {@code On} or {@code Off}, in any case. */
    static Argument<Boolean> onOff() {
        return new Argument<>(1, "On or Off", words -> bool(words.get(0)), value -> true);
    }

    /** A whole number in a range. */
    static Argument<Integer> number(int least, int most) {
        return new Argument<>(
                1,
                WHOLE_NUMBER.formatted(least, most),
                words -> integer(words.get(0)).filter(n -> n == n.intValue()).map(Long::intValue),
                value -> value >= least && value <= most);
    }

    /** A number of bytes from 0. */
    static Argument<Long> bytes(long most) {
        return new Argument<>(
                1,
                WHOLE_NUMBER.formatted(0, most),
                words -> integer(words.get(0)),
                value -> value >= 0 && value <= most);
    }

    /** A time of at least so many seconds and at most ten years; its text is a whole number of seconds. */
    static Argument<Duration> seconds(long least) {
        return time(
                WHOLE_NUMBER.formatted(least, TEN_YEARS) + " (seconds)",
                word -> integer(word).filter(n -> n >= 0 && n <= TEN_YEARS).map(Duration::ofSeconds),
                Duration.ofSeconds(least),
                Duration.ofSeconds(TEN_YEARS));
    }

    /** A time from 50 ms to 9999.999 s; its text is a number of seconds with up to three decimals. */
    static Argument<Duration> fraction() {
        return time(
                "seconds from 0.05 to 9999",
                word -> word.matches("[0-9]{1,4}(\\.[0-9]{1,3})?")
                        ? Optional.of(Duration.ofMillis(Math.round(Double.parseDouble(word) * 1000)))
                        : Optional.empty(),
                Duration.ofMillis(50),
                Duration.ofMillis(9_999_999));
    }

    /** A time of at most so many microseconds; its text is a whole number of them. */
    static Argument<Duration> microseconds(int most) {
        return time(
                WHOLE_NUMBER.formatted(0, most) + " (microseconds)",
                word -> integer(word).filter(n -> n >= 0 && n <= most).map(n -> Duration.ofNanos(1000 * n)),
                Duration.ZERO,
                Duration.ofNanos(1000L * most));
    }

    private static Argument<Duration> time(
            String expected, Function<String, Optional<Duration>> reader, Duration least, Duration most) {
        return new Argument<>(
                1,
                expected,
                words -> reader.apply(words.get(0)),
                value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
    }

    /** One or more IP addresses or ranges of them, of proxies; {@code internal} as an {@link AddressRange} has it. */
    static Argument<List<AddressRange>> addressRanges(boolean internal) {
        return new Argument<>(
                SEVERAL,
                "IP addresses or ranges such as 10.0.0.0/8",
                words -> AddressRange.parseAll(words, internal),
                ranges -> true);
    }

    /** Limits of the time that a client may take for a request. */
    static Argument<RequestReadTimeout> readTimeout() {
        return new Argument<>(
                SEVERAL, "header=20-40,MinRate=500 or body=20,MinRate=500", RequestReadTimeout::parse, value -> true);
    }

    /** An existing directory. */
    static Argument<Path> directory() {
        return new Argument<>(1, "an existing directory", words -> path(words.get(0)), Files::isDirectory);
    }

    /** The absolute path of an existing directory. */
    static Argument<Path> absoluteDirectory() {
        return new Argument<>(
                1,
                "the absolute path of an existing directory",
                words -> path(words.get(0)),
                path -> path.isAbsolute() && Files.isDirectory(path));
    }

    /** A prefix of URL paths, and the absolute path of the existing directory that it stands for. */
    static Argument<Prefix> prefix() {
        return new Argument<>(
                2,
                "a URL path that begins and ends with / and the absolute path of an existing directory",
                words -> path(words.get(1)).map(folder -> new Prefix(words.get(0), folder)),
                Prefix::isUsable);
    }

    /** A prefix of URL paths, and the directory that it stands for. */
    record Prefix(String url, Path directory) {
        private boolean isUsable() {
            return url.startsWith("/") && url.endsWith("/") && directory.isAbsolute() && Files.isDirectory(directory);
        }

        @Override
        public String toString() {
            return url + " " + directory;
        }
    }

    private static Optional<Boolean> bool(String word) {
        boolean on = word.equalsIgnoreCase("on");
        return on || word.equalsIgnoreCase("off") ? Optional.of(on) : Optional.empty();
    }

    private static Optional<Long> integer(String word) {
        try {
            return Optional.of(Long.parseLong(word));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> path(String word) {
        try {
            return Optional.of(Path.of(word));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads the value of a directive.
     *
     * @throws ConfigurationException with file, line, what was expected and what was found
     */
    T read(Node directive) {
        List<String> words = directive.args();
        if (count == SEVERAL ? words.isEmpty() : words.size() != count) {
            throw directive.mistake("expected " + (count == 1 ? "one argument" : expected) + ", found " + words.size());
        }
        return reader.apply(words)
                .filter(permitted)
                .orElseThrow(() -> directive.mistake("expected " + expected + ", found " + String.join(" ", words)));
    }

    /**
     * Checks a value that comes from Java.
     *
     * @param name what an error message calls the setting
     * @throws ConfigurationException with what was expected and what was found
     */
    T check(String name, T value) {
        if (!permitted.test(requireNonNull(value, name))) {
            throw new ConfigurationException(name + ": expected " + expected + ", found " + value);
        }
        return value;
    }
}
