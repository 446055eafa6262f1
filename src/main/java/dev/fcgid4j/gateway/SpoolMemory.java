/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that the larger request bodies of a gateway share. A body of up to {@value #MAX_BODY} bytes stays in memory while
 * there is some left, because a temporary file costs several times as much.
 *
 * <p>Threading: any thread; no lock.
 */
final class SpoolMemory {

    static final int MAX_BODY = 1 << 20;

    /** All bodies together: 64 MiB, but at most a quarter of the direct memory of the JVM. */
    private static final long TOTAL = Math.min(64L << 20, PlatformDependent.maxDirectMemory() / 4);

    private final AtomicLong taken = new AtomicLong();

    /** Takes bytes; returns false, and takes none, if fewer are left. */
    boolean tryTake(int bytes) {
        if (taken.addAndGet(bytes) > TOTAL) {
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
}
