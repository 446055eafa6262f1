/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

/**
 * The version of a tracked file that one worker has loaded.
 *
 * <p>Threading: any thread.
 */
final class LoadedVersion {

    private static final int NEVER = -1;

    private final LoadedFile file;
    private final long earliestReadNanos;
    private volatile int verifiedChangeCount = NEVER;

    /**
     * Creates a version that was not verified yet.
     *
     * @param file what the worker has reported
     * @param earliestReadNanos a time on the pool's clock before which the worker can't have read the file
     */
    LoadedVersion(LoadedFile file, long earliestReadNanos) {
        this.file = file;
        this.earliestReadNanos = earliestReadNanos;
    }

    LoadedFile file() {
        return file;
    }

    long earliestReadNanos() {
        return earliestReadNanos;
    }

    /** The version is the present one. The caller asked for the file's change count before it looked at the file. */
    void verified(int changeCount) {
        verifiedChangeCount = changeCount;
    }

    /** The number of changes from the last verification to this change count; very large if there was no verification. */
    int changesUntil(int changeCount) {
        int verified = verifiedChangeCount;
        return verified == NEVER ? Integer.MAX_VALUE : changeCount - verified;
    }
}
