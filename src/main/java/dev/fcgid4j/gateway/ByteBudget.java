/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that all requests of a gateway share: memory for bodies that wait, or room in temporary files.
 *
 * <p>Threading: any thread; no lock.
 */
final class ByteBudget {

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /** Creates a budget of which nothing is taken. */
    ByteBudget(long limit) {
        this.limit = limit;
    }

    /** The memory of a gateway for spooled bodies: 64 MiB, but at most a quarter of the direct memory of the JVM. */
    static ByteBudget ofMemory() {
        return new ByteBudget(Math.min(64L << 20, PlatformDependent.maxDirectMemory() / 4));
    }

    /** Takes bytes; returns false, and takes none, if fewer are left. */
    boolean tryTake(long bytes) {
        return tryTake(bytes, limit);
    }

    /** Takes bytes if not more than half of the budget is taken then; returns false otherwise, and takes none. */
    boolean tryTakeOfHalf(long bytes) {
        return tryTake(bytes, limit / 2);
    }

    private boolean tryTake(long bytes, long most) {
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives bytes back. */
    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes taken. */
    long taken() {
        return taken.get();
    }

    /** All bytes, taken or not. */
    long limit() {
        return limit;
    }
}
