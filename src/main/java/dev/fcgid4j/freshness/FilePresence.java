/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether one file is there. One that was seen and is not there may be on its way back, for as long as a writer may
 * pause (FcgidQuietTime); one that was never seen is not missed.
 *
 * <p>Threading: any thread.
 */
final class FilePresence {

    private final Path file;
    private final long quietNanos;
    private boolean seen;
    private boolean there;
    private long awaySinceNanos; // the last that was told, when it isn't there

    /**
     * Creates one.
     *
     * @param quietNanos how long it may be away
     */
    FilePresence(Path file, long quietNanos) {
        this.file = file;
        this.quietNanos = quietNanos;
    }

    /** Somebody has seen it. */
    synchronized void seen() {
        seen = true;
    }

    /** It has been looked for, because something was told of it or of the way to it, or for the first time. */
    synchronized void note(boolean isThere, long nowNanos) {
        awaySinceNanos = nowNanos;
        seen |= isThere;
        there = isThere;
    }

    /** Whether nobody waits for it any more. */
    synchronized boolean isGone(long nowNanos) {
        return !there && absence(nowNanos).isEmpty();
    }

    /** Empty when it is there, was never, or has been away for too long. */
    synchronized Optional<MissingFile> absence(long nowNanos) {
        long untilNanos = awaySinceNanos + quietNanos;
        return seen && !there && nowNanos - untilNanos < 0
                ? Optional.of(new MissingFile(file, untilNanos))
                : Optional.empty();
    }
}
