/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

/**
 * The live request counters of one process class.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface RequestStatistics {

    /** Reads the counters. They count on meanwhile, so two of them may differ by the requests of this moment. */
    RequestTotals read();
}
