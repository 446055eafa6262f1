/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.time.Duration;

/**
 * How files are watched.
 *
 * @param inotify whether the kernel is asked; otherwise everything is polled
 * @param pollInterval how often stamps are compared where the kernel doesn't tell (FcgidWatchInterval, 1 s)
 * @param quietTime a writer that doesn't close counts as done after this time without writing (FcgidQuietTime, 1 s)
 */
public record WatchSettings(boolean inotify, Duration pollInterval, Duration quietTime) {

    public WatchSettings {
        if (pollInterval.isNegative() || pollInterval.isZero() || quietTime.isNegative() || quietTime.isZero()) {
            throw new IllegalArgumentException("pollInterval and quietTime must be more than zero");
        }
    }

    /** inotify, and a second for both times. */
    public static WatchSettings defaults() {
        return new WatchSettings(true, Duration.ofSeconds(1), Duration.ofSeconds(1));
    }
}
