/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Permits one log line a minute for each subject, so that a fault that repeats with each request does not fill the log.
 *
 * <p>Bound: {@value #MAX_SUBJECTS} subjects; beyond them, a new subject gets no line until an old one is a minute old.
 *
 * <p>Threading: any thread.
 */
public final class LogLimiter {

    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_SUBJECTS = 1000;

    private final LongSupplier nanoTime;
    private final Map<String, Long> lastNanos = new ConcurrentHashMap<>();

    /** Uses the system's clock. */
    public LogLimiter() {
        this(System::nanoTime);
    }

    /** Uses another clock, of nanoseconds that are compared by subtraction only. */
    public LogLimiter(LongSupplier nanoTime) {
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
    }

    /** Returns whether a line about this subject may be written now; true at most once a minute. */
    public boolean permits(String subject) {
        long now = nanoTime.getAsLong();
        Long last = lastNanos.get(subject);
        if (last != null) {
            return now - last >= PAUSE_NANOS && lastNanos.replace(subject, last, now);
        }
        if (lastNanos.size() >= MAX_SUBJECTS) {
            lastNanos.values().removeIf(each -> now - each >= PAUSE_NANOS);
        }
        return lastNanos.size() < MAX_SUBJECTS && lastNanos.putIfAbsent(subject, now) == null;
    }
}
