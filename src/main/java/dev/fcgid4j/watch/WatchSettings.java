/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.time.Duration;

/**
 * How files are watched.
 *
 * @param inotify whether the kernel reports changes; otherwise every file is compared (FcgidInotify, on)
 * @param pollInterval how often stamps are compared where the kernel doesn't report changes (FcgidWatchInterval, 1 s)
 * @param quietTime after this time without a write, a file counts as complete although its writer hasn't closed it
 *     (FcgidQuietTime, 1 s)
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

    /** The same with another {@link #inotify()}. */
    public WatchSettings withInotify(boolean value) {
        return new WatchSettings(value, pollInterval, quietTime);
    }

    /** The same with another {@link #pollInterval()}. */
    public WatchSettings withPollInterval(Duration value) {
        return new WatchSettings(inotify, value, quietTime);
    }

    /** The same with another {@link #quietTime()}. */
    public WatchSettings withQuietTime(Duration value) {
        return new WatchSettings(inotify, pollInterval, value);
    }
}
