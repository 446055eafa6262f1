/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.LeaseListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps the leases that it is granted and the reasons for which it is refused one. Any thread. */
public final class LeaseRecorder implements LeaseListener {

    private static final long LIMIT_SECONDS = 30;

    private final BlockingQueue<Lease> leases = new LinkedBlockingQueue<>();
    private final BlockingQueue<FcgiException> refusals = new LinkedBlockingQueue<>();

    /** Waits for a lease and takes it. */
    public Lease take() throws InterruptedException {
        Lease lease = leases.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (lease == null) {
            throw new AssertionError("no worker was granted; refused: " + refusals());
        }
        return lease;
    }

    /** The leases that were granted and not taken; a copy. */
    public List<Lease> leases() {
        return List.copyOf(leases);
    }

    /** Why workers were refused; a copy. */
    public List<FcgiException> refusals() {
        return List.copyOf(refusals);
    }

    @Override
    public void granted(Lease lease) {
        leases.add(lease);
    }

    @Override
    public void refused(FcgiException why) {
        refusals.add(why);
    }
}
