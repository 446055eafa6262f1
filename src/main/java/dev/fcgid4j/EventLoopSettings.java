/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The threads that a server moves bytes with.
 *
 * @param threads how many ({@code EventLoops}); at least 1; by default one for two processors, because the applications
 *     need the others
 * @param spin how long one looks for events before it sleeps ({@code EventLoopSpin}); zero for not at all; 50 µs by default
 */
public record EventLoopSettings(int threads, Duration spin) {

    public EventLoopSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ": expected at least 1");
        }
        if (requireNonNull(spin, "spin").isNegative()) {
            throw new IllegalArgumentException("spin is " + spin + ": expected zero or more");
        }
    }

    /** The defaults that stand beside each component above. */
    public static EventLoopSettings defaults() {
        return new EventLoopSettings(
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2), Duration.ofNanos(50_000));
    }

    /** The same with another {@link #threads()}. */
    public EventLoopSettings withThreads(int value) {
        return new EventLoopSettings(value, spin);
    }

    /** The same with another {@link #spin()}. */
    public EventLoopSettings withSpin(Duration value) {
        return new EventLoopSettings(threads, value);
    }
}
