/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Paths that led to a script until a moment ago: whoever writes it anew may have deleted it first.
 *
 * <p>Threading: any thread.
 */
final class Vanished {

    private static final int MAX_PATHS = 10_000;
    private static final int NOT_FOUND = 404;

    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Long> untilNanos = new ConcurrentHashMap<>();

    /**
     * Creates one.
     *
     * @param quietTime how long a script may be away
     */
    Vanished(Duration quietTime, LongSupplier nanoTime) {
        this.quietNanos = quietTime.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Whether what isn't found may come back.
     *
     * @param wasScript whether the last answer for this path, not forgotten before this call, was a script
     * @return the answer, or the same with {@link Resolution.Refused#mayComeBack}
     */
    Resolution judge(String path, Resolution found, boolean wasScript) {
        if (!(found instanceof Resolution.Refused refused) || refused.status() != NOT_FOUND) {
            untilNanos.remove(path);
            return found;
        }
        long now = nanoTime.getAsLong();
        if (wasScript && untilNanos.size() < MAX_PATHS) {
            untilNanos.putIfAbsent(path, now + quietNanos);
        }
        Long until = untilNanos.get(path);
        if (until == null) {
            return found;
        }
        if (until - now <= 0) {
            untilNanos.remove(path);
            return found;
        }
        return new Resolution.Refused(refused.status(), refused.reason(), true);
    }
}
