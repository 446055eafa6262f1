/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.Optional;
import java.util.function.Consumer;

/** Checks whether a process of a new generation is ready to serve. */
@FunctionalInterface
public interface WarmUpCheck {

    /**
     * Checks a worker; returns at once.
     *
     * @param lease the worker; the check releases it before it reports
     * @param result called once, on any thread: why the worker is not ready; empty if it is ready
     */
    void warm(Lease lease, Consumer<Optional<String>> result);
}
