/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * Bounds the work of a part of a regular expression that looks at no character. The limit of steps does not see that work.
 *
 * <p>There are two cases. The text ends before the part, or the text ends inside the part after a character of it. In both,
 * the rest of the part is tried on an empty text.
 *
 * @param ways in how many ways the part matches an empty text
 * @param work how many elements are tried on an empty text
 * @param endedWays the same as ways, for a text that ends inside the part
 * @param endedWork the same as work, for a text that ends inside the part
 */
record EmptyWork(long ways, long work, long endedWays, long endedWork) {

    /** The largest number of ways, and the largest work of a repetition of a small part. */
    private static final long MAX = 1_000;

    /** The largest work: each of the million steps of a match may cause that much. */
    private static final long MAX_WORK = 20_000;

    /** A repetition may cause that many times the work of what it repeats, however large that is. */
    private static final long MAX_FACTOR = 8;

    private static final long SATURATED = 1L << 30;

    /** Nothing at all. */
    static final EmptyWork NOTHING = new EmptyWork(1, 0, 0, 0);

    /** An element that takes one character. */
    static final EmptyWork CHARACTER = new EmptyWork(0, 1, 1, 0);

    /** An element that takes no character, such as an anchor. */
    static final EmptyWork ANCHOR = new EmptyWork(1, 1, 0, 0);

    /** A text that was matched before. */
    static final EmptyWork REFERENCE = new EmptyWork(1, 1, 1, 0);

    EmptyWork {
        ways = Math.min(ways, SATURATED);
        work = Math.min(work, SATURATED);
        endedWays = Math.min(endedWays, SATURATED);
        endedWork = Math.min(endedWork, SATURATED);
    }

    /** Returns the work of this part and the next one. */
    EmptyWork then(EmptyWork next) {
        return new EmptyWork(
                ways * next.ways,
                work + ways * next.work,
                Math.max(endedWays * next.ways, next.endedWays),
                Math.max(endedWork + endedWays * next.work, next.endedWork));
    }

    /** Returns the work of this part or the other one. */
    EmptyWork or(EmptyWork other) {
        return new EmptyWork(
                ways + other.ways,
                work + other.work + 1,
                Math.max(endedWays, other.endedWays),
                Math.max(endedWork, other.endedWork));
    }

    /** Returns the work of this part if it is not tried again once it has matched. */
    EmptyWork once() {
        return new EmptyWork(Math.min(ways, 1), work, Math.min(endedWays, 1), endedWork);
    }

    /** Returns the work of an assertion about this part: it takes no character, and may be true for an empty text. */
    EmptyWork asserted() {
        return new EmptyWork(1, work + 1, 1, endedWork);
    }

    /** Returns the work of this part, repeated. */
    EmptyWork repeated(int min, int max) {
        int optional = max == Integer.MAX_VALUE ? 2 : max - min; // an empty round ends a loop without a limit
        EmptyWork round = new EmptyWork(ways, work + 1, endedWays, endedWork);
        EmptyWork all = NOTHING;
        for (int i = 0; i < optional && !all.isTooMuch(); i++) {
            EmptyWork more = round.then(all).or(NOTHING); // where a round fails, no later one is tried
            if (more.equals(all)) {
                break;
            }
            all = more;
        }
        for (int i = 0; i < min && !all.isTooMuch(); i++) {
            EmptyWork more = round.then(all);
            if (more.equals(all)) {
                break;
            }
            all = more;
        }
        return all;
    }

    /** Returns whether a match could take for ever. */
    boolean isTooMuch() {
        return largest() > MAX_WORK || Math.max(ways, endedWays) > MAX;
    }

    /** Returns whether a match could take for ever if this part is a repetition of the other one. */
    boolean isTooOften(EmptyWork body) {
        return largest() > Math.max(MAX, MAX_FACTOR * body.largest());
    }

    private long largest() {
        return Math.max(work, endedWork);
    }
}
