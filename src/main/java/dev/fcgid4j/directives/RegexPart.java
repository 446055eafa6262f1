/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * A part of a regular expression: what limits and lookbehinds need to know of it.
 *
 * @param work that looks at no character
 * @param min length of the shortest text that it matches
 * @param max length of the longest one
 * @param product of the nested counts
 * @param repeatable whether a quantifier may follow
 */
record RegexPart(EmptyWork work, long min, long max, long product, boolean repeatable) {

    static final RegexPart NOTHING = new RegexPart(EmptyWork.NOTHING, 0, 0, 1, false);
    static final RegexPart ANCHOR = new RegexPart(EmptyWork.ANCHOR, 0, 0, 1, false);
    static final RegexPart CHARACTER = new RegexPart(EmptyWork.CHARACTER, 1, 1, 1, true);

    RegexPart then(RegexPart next) {
        return new RegexPart(
                work.then(next.work),
                min + next.min,
                Math.min(max + next.max, Integer.MAX_VALUE),
                Math.max(product, next.product),
                false);
    }

    RegexPart or(RegexPart other) {
        return new RegexPart(
                work.or(other.work),
                Math.min(min, other.min),
                Math.max(max, other.max),
                Math.max(product, other.product),
                false);
    }
}
