/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.worker.Worker;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The processes of a group since it was first used: how many were started, and how the last ones ended.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class GroupHistory {

    private static final int DEATHS_KEPT = 5;

    private final ArrayDeque<PoolSnapshot.Death> deaths = new ArrayDeque<>();
    private long started;

    void countStart() {
        started++;
    }

    void died(Worker worker, ExitStatus status) {
        String reason = worker.retirement();
        deaths.addFirst(new PoolSnapshot.Death(
                Clock.systemUTC().instant(), worker.pid(), reason, status.toString(), worker.requests()));
        if (deaths.size() > DEATHS_KEPT) {
            deaths.removeLast();
        }
    }

    long started() {
        return started;
    }

    List<PoolSnapshot.Death> deaths() {
        return List.copyOf(deaths);
    }
}
