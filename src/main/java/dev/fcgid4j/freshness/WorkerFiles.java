/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.worker.Worker;

/**
 * What is known of the files that one worker has loaded. It is attached to its {@link Worker} and lives as long, because a
 * request may ask for it after the process has ended.
 *
 * <h2>Verification</h2>
 *
 * <p>A worker reports a loaded file, or a loaded file changes. Then a task watches and compares the worker's files, and the
 * worker is <em>verifying</em> until the task ends. A worker is <em>suspect</em> from the change of a loaded file until a
 * verification has looked at it.
 *
 * <h2>Leases</h2>
 *
 * <p>The state at the beginning of a lease is kept. The difference to the state at its end tells whether a response may be
 * due to a file that was changing meanwhile.
 *
 * <p>Threading: guarded by the group's lock; any thread may call {@link #hasReported}.
 */
final class WorkerFiles {

    private boolean verifying;
    private boolean verifyAgain;
    private boolean suspect;
    private long executablesReadNanos;
    private int reports;
    private int reportsWhenLeased;
    private int changeCountWhenLeased;

    // Written under the group's lock, read by any thread; false to true only.
    private volatile boolean reported;

    private WorkerFiles(long nowNanos) {
        this.executablesReadNanos = nowNanos;
    }

    /** Begins to keep the files of a worker. Called once, before other threads see the worker. */
    static void attachTo(Worker worker) {
        worker.attachState(new WorkerFiles(worker.startedNanos()));
    }

    static WorkerFiles of(Worker worker) {
        return worker.attachedState(WorkerFiles.class);
    }

    // ---- verification ---------------------------------------------------------------------------------------------

    /** Returns whether a task is verifying the worker. */
    boolean isVerifying() {
        return verifying;
    }

    /**
     * Asks for a verification.
     *
     * @return true if a task must be started; false if a task is running, which is then followed by another one
     */
    boolean beginVerification() {
        if (verifying) {
            verifyAgain = true;
            return false;
        }
        verifying = true;
        return true;
    }

    /** A verification task has ended. */
    void endVerification() {
        verifying = false;
    }

    /** Returns whether another verification was asked for while the last one was running. Forgets it. */
    boolean takeVerifyAgain() {
        boolean again = verifyAgain;
        verifyAgain = false;
        return again;
    }

    /** Returns whether a loaded file may have changed and no verification has looked at it yet. */
    boolean isSuspect() {
        return suspect;
    }

    void suspect(boolean now) {
        suspect = now;
    }

    /** When a verification last read which programs and libraries the worker executes, on the pool's clock. */
    long executablesReadNanos() {
        return executablesReadNanos;
    }

    void executablesRead(long nowNanos) {
        executablesReadNanos = nowNanos;
    }

    // ---- reports and leases ---------------------------------------------------------------------------------------

    /** The worker has reported loaded files. */
    void countReport() {
        reports++;
        reported = true;
    }

    /** Returns whether the worker has ever reported a loaded file. Any thread. */
    boolean hasReported() {
        return reported;
    }

    /**
     * A lease begins.
     *
     * @param changeCount the class's {@link FilesInFlux#changeCount} at this moment
     */
    void leased(int changeCount) {
        changeCountWhenLeased = changeCount;
        reportsWhenLeased = reports;
    }

    /** The class's change count when the lease began. */
    int changeCountWhenLeased() {
        return changeCountWhenLeased;
    }

    /** Returns whether the worker has reported loaded files since the lease began. */
    boolean hasReportedSinceLease() {
        return reports != reportsWhenLeased;
    }
}
