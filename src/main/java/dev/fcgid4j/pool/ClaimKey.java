/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/**
 * The key of a {@link Claimant} in a {@link ClaimantQueue}. The smallest comes first: by rank, then by the first number, then
 * by the second.
 */
record ClaimKey(int rank, double first, double second) implements Comparable<ClaimKey> {

    /** A key of one number. */
    static ClaimKey of(double number) {
        return new ClaimKey(0, number, 0);
    }

    @Override
    public int compareTo(ClaimKey other) {
        int byRank = Integer.compare(rank, other.rank);
        int byFirst = byRank != 0 ? byRank : Double.compare(first, other.first);
        return byFirst != 0 ? byFirst : Double.compare(second, other.second);
    }
}
