/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.failure.FcgiException;

/** The model of a request: answered exactly once, in time, in its turn, and by a worker that is fresh enough. */
final class SimulatedRequest implements LeaseListener {

    /** The clock moves on a little with each reading. */
    private static final long TOLERANCE_NANOS = 1000;

    private final SimulationWorld world;
    private final SimulatedClass wanted;
    private final AcquireOptions options;
    private final long askedNanos;
    private final int oldestScript;
    private final int oldestLibrary;
    private final int recycled;
    private int answers;
    private boolean cancelled;

    SimulatedRequest(SimulationWorld world, SimulatedClass wanted, AcquireOptions options) {
        this.world = world;
        this.wanted = wanted;
        this.options = options;
        this.askedNanos = world.clock().nowNanos();
        this.oldestScript = wanted.oldestAllowedScript();
        this.oldestLibrary = wanted.oldestAllowedLibrary();
        this.recycled = wanted.recycled();
    }

    SimulatedClass wanted() {
        return wanted;
    }

    AcquireOptions options() {
        return options;
    }

    int answers() {
        return answers;
    }

    boolean waits() {
        return answers == 0 && !cancelled;
    }

    /** It has left the line: it must not be answered any more. */
    void cancelled() {
        cancelled = true;
    }

    long deadlineNanos() {
        return options.sinceNanos() + world.site().limits().queueTimeout().toNanos();
    }

    boolean isOverdue(long nowNanos) {
        return waits() && deadlineNanos() <= nowNanos - TOLERANCE_NANOS;
    }

    @Override
    public void granted(Lease lease) {
        answered();
        assertThat(!options.first() && overtakes())
                .as("%s: first come, first served", world.name())
                .isFalse();
        assertThat(cancelled).as("%s: granted after it left", world.name()).isFalse();
        assertThat(world.clients().use(lease.worker()))
                .as("%s: one worker, two requests", world.name())
                .isTrue();
        if (wanted.changesCountAtOnce()) {
            assertFresh(world.processOf(lease.worker()));
        }
        world.clients().served(lease, this);
    }

    private void assertFresh(SimulatedProcess process) {
        assertThat(process.oldestScript())
                .as("%s: version of the files that the worker has read", world.name())
                .isGreaterThanOrEqualTo(oldestScript);
        assertThat(process.recycledBefore())
                .as("%s: started since it was recycled", world.name())
                .isGreaterThanOrEqualTo(recycled);
        assertThat(process.oldestLibrary())
                .as("%s: version of the library that the worker has loaded", world.name())
                .isGreaterThanOrEqualTo(oldestLibrary);
    }

    @Override
    public void refused(FcgiException why) {
        answered();
        assertThat(cancelled).as("%s: refused after it left", world.name()).isFalse();
    }

    /** With punctual sweeps no request waits past its deadline; one that asks again after it is answered at once. */
    private void answered() {
        answers++;
        long latest = Math.max(deadlineNanos(), askedNanos) + TOLERANCE_NANOS;
        assertThat(!world.site().isPunctual() || world.clock().nowNanos() <= latest)
                .as("%s: answered in time", world.name())
                .isTrue();
    }

    /** Whether an ordinary request that came earlier, for the same class and event loop, still waits. */
    private boolean overtakes() {
        for (SimulatedRequest other : world.clients().requests()) {
            if (other == this) {
                return false;
            }
            if (other.waits()
                    && !other.options.first()
                    && other.wanted == wanted
                    && other.options.affinity().equals(options.affinity())) {
                return true;
            }
        }
        return false;
    }
}
