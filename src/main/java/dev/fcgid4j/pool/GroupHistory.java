/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.observe.RequestMeter;
import dev.fcgid4j.worker.Worker;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What happened in a class since it was first used: its requests, how many processes were started, how the last ones ended.
 *
 * <p>Threading: guarded by the group's lock; {@link #requests} may be read by any thread.
 */
final class GroupHistory {

    private static final int DEATHS_KEPT = 5;

    private final RequestMeter requests = new RequestMeter();
    private final ArrayDeque<PoolSnapshot.Death> deaths = new ArrayDeque<>();
    private long started;

    /** Counts the requests of the class. */
    RequestMeter requests() {
        return requests;
    }

    void countStart() {
        started++;
    }

    /** The number of processes started. */
    long started() {
        return started;
    }

    /** A process ended and was reaped. */
    void died(Worker worker, ExitStatus status) {
        deaths.addFirst(new PoolSnapshot.Death(
                Clock.systemUTC().instant(),
                worker.pid(),
                worker.retirement().toString(),
                status.toString(),
                worker.requests()));
        if (deaths.size() > DEATHS_KEPT) {
            deaths.removeLast();
        }
    }

    /** The last {@value #DEATHS_KEPT} ends of processes, the latest first. */
    List<PoolSnapshot.Death> deaths() {
        return List.copyOf(deaths);
    }
}
