/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Reports to the lease holder of a worker, once, that the process has been reaped. The hook runs on the thread that reaped
 * the process. If the process was reaped before, the hook runs at once.
 *
 * <p>Threading: any thread. A hook never runs twice.
 */
public final class ExitNotice {

    private volatile @Nullable Runnable hook;
    private volatile boolean exited;

    ExitNotice() {}

    /**
     * Sets the hook, and replaces an earlier one. For the lease holder.
     *
     * @param next runs at most once, on any thread; before this method returns if the process was reaped already
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
