/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether one file exists, is missing, or is gone. A file that was seen before may return within FcgidQuietTime, the longest
 * pause of a writer: until then it is <em>missing</em>. A file that was never seen is not missed.
 *
 * <p>Threading: any thread.
 */
final class FilePresence {

    private final Path file;
    private final long quietNanos;
    private boolean seen;
    private boolean exists;
    private long observedNanos; // the last observation: since then it is missing, if it doesn't exist

    /**
     * Creates the state of a file that was never seen.
     *
     * @param quietNanos the file may be missing for so long (FcgidQuietTime)
     */
    FilePresence(Path file, long quietNanos) {
        this.file = file;
        this.quietNanos = quietNanos;
    }

    /** A process has read the file. */
    synchronized void seen() {
        seen = true;
    }

    /** The file was looked for: for the first time, or after a report of the file or of its path. */
    synchronized void observed(boolean isThere, long nowNanos) {
        observedNanos = nowNanos;
        seen |= isThere;
        exists = isThere;
    }

    /** Returns whether the file doesn't exist and is not expected to return. */
    synchronized boolean isGone(long nowNanos) {
        return !exists && missing(nowNanos).isEmpty();
    }

    /** The file, if it is missing. */
    synchronized Optional<MissingFile> missing(long nowNanos) {
        long untilNanos = observedNanos + quietNanos;
        return seen && !exists && nowNanos - untilNanos < 0
                ? Optional.of(new MissingFile(file, untilNanos))
                : Optional.empty();
    }
}
