/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What became of the requests of one process class since the class was added. Immutable.
 *
 * @param served requests that a worker ended
 * @param refused requests turned away because the line was full or too slow, or no worker could be started
 * @param repeated requests that asked again for a worker, because they lost one without fault of their own
 * @param byStatusClass served requests by the first digit of their HTTP status: index 1 to 5; index 0 counts those
 *     without one
 * @param inLine from the first question for a worker until one was granted
 * @param atWork from the grant of a worker until it was given back
 */
public record RequestTotals(
        long served,
        long refused,
        long repeated,
        List<Long> byStatusClass,
        TimeHistogram inLine,
        TimeHistogram atWork) {

    public RequestTotals {
        byStatusClass = List.copyOf(byStatusClass);
        requireNonNull(inLine, "inLine");
        requireNonNull(atWork, "atWork");
    }
}
