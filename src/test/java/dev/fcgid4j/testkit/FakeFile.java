/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.watch.FileStamp;
import java.nio.file.Path;

/** A file of {@link FakeFiles}: its version, and what is happening to it. Each change reaches the watchers. */
public final class FakeFile {

    /** The granularity of the file system's times, as with a kernel of 250 Hz. */
    private static final long TIME_GRANULARITY_NANOS = 4_000_000L;

    private final FakeFiles files;
    private final Path path;
    private final boolean immediate;
    private final long clockSkewNanos;
    private int version;
    private long changedNanos;
    private boolean beingWritten;
    private boolean missing;
    private boolean everMissing;
    private long missingSinceNanos;

    FakeFile(FakeFiles files, Path path, boolean immediate, long clockSkewNanos) {
        this.files = files;
        this.path = path;
        this.immediate = immediate;
        this.clockSkewNanos = immediate ? 0 : clockSkewNanos;
        this.changedNanos = this.clockSkewNanos; // long ago
    }

    public Path path() {
        return path;
    }

    /** Whether the kernel reports its changes; otherwise only a comparison finds them. */
    public boolean isImmediate() {
        return immediate;
    }

    /** Increases with each completed change. */
    public int version() {
        return version;
    }

    /** When the last change was completed, by the clock of its file system. */
    public long changedNanos() {
        return changedNanos;
    }

    public boolean isBeingWritten() {
        return beingWritten;
    }

    public boolean isMissing() {
        return missing;
    }

    /** Whether it was ever missing. */
    public boolean wasEverMissing() {
        return everMissing;
    }

    /** Whether it is missing and has been for less than this time. */
    public boolean isMissingForLessThan(long nanos) {
        return missing && files.nowNanos() - missingSinceNanos < nanos;
    }

    /** Its content, the same for each reader of one version. */
    public String content() {
        return "version " + version;
    }

    /** A new version is complete: written and closed, or renamed into place. */
    public void change() {
        version++;
        missing = false;
        beingWritten = false;
        changedNanos = (files.nowNanos() + clockSkewNanos) / TIME_GRANULARITY_NANOS * TIME_GRANULARITY_NANOS;
        files.changed(this);
    }

    /** A writer begins to write it in place. */
    public void beginToWrite() {
        beingWritten = true;
        files.beingWritten(this);
    }

    /** It is deleted; it comes back with the next {@link #change}. */
    public void remove() {
        if (!missing) {
            missing = true;
            beingWritten = false;
            everMissing = true;
            missingSinceNanos = files.nowNanos();
            files.changed(this);
        }
    }

    /** Its stamp, without what {@link FakeFiles#afterStamp} registers. */
    public FileStamp stamp() {
        return missing ? FileStamp.MISSING : new FileStamp(changedNanos, changedNanos, 1, 7, immediate ? 1 : 2, false);
    }
}
