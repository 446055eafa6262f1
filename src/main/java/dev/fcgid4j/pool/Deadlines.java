/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/** Arithmetic with times of a monotonic clock, which may overflow. Stateless. */
final class Deadlines {

    private Deadlines() {}

    static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}
