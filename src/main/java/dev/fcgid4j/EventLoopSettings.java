/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.application.Ranges;
import java.time.Duration;

/**
 * The event loops of a server: the threads that move bytes. Immutable.
 *
 * @param threads number of event loops; at least 1; default one for two processors, because the applications need the
 *     others ({@code EventLoops})
 * @param spin how long an event loop polls before it sleeps; zero for no polling; default 50 µs ({@code EventLoopSpin})
 */
public record EventLoopSettings(int threads, Duration spin) {

    public EventLoopSettings {
        Ranges.atLeast("threads", threads, 1);
        Ranges.notNegative("spin", spin);
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
