/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

/** A task for which something waits, such as the client of a request. */
public interface Expiring extends Runnable {

    /**
     * The task has not ended before its deadline: whatever waits for it must wait no longer. The task may be running, or may
     * not have begun; it is run in any case. Called at most once, on any thread.
     */
    void expire();
}
