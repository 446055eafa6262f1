/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.Optional;
import java.util.function.Consumer;

/** Finds out whether a process of a new generation is ready to serve. */
@FunctionalInterface
public interface WarmUpCheck {

    /**
     * Tries a worker; returns at once.
     *
     * @param lease the worker alone; released by the warmer, before it tells the verdict
     * @param verdict told once, on any thread: why the worker is not ready, or nothing when it is
     */
    void warm(Lease lease, Consumer<Optional<String>> verdict);
}
