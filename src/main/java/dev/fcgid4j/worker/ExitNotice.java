/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Tells the lease holder of a worker, once, that the process has been reaped. The hook runs on the thread that brings the
 * news; if the process was reaped before, it runs at once.
 *
 * <p>Threading: any thread. A hook never runs twice.
 */
public final class ExitNotice {

    private volatile @Nullable Runnable hook;
    private volatile boolean exited;

    ExitNotice() {}

    /**
     * Sets the hook, in place of another one. For the lease holder.
     *
     * @param next run once, on any thread; before this returns if the process was reaped already
     */
    public void onExit(Runnable next) {
        hook = requireNonNull(next, "next");
        if (exited) {
            run();
        }
    }

    /** Removes the hook. For the lease holder. */
    public void clear() {
        hook = null;
    }

    /** The process has been reaped. Called once, by the pool. */
    public void exited() {
        exited = true;
        run();
    }

    private void run() {
        Runnable taken;
        synchronized (this) {
            taken = hook;
            hook = null;
        }
        if (taken != null) {
            taken.run();
        }
    }
}
