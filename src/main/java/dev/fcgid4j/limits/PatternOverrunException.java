/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

/**
 * A regular expression of the configuration has used up its steps, so it is not known whether it matches. A caller must not
 * take this for a mismatch, because the expression may protect something.
 */
public final class PatternOverrunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String place;

    /**
     * Creates a failure.
     *
     * @param place file and line of the directive
     * @param message says what happened and what to do; begins with the place
     */
    public PatternOverrunException(String place, String message) {
        super(message);
        this.place = place;
    }

    /** Returns file and line of the directive. */
    public String place() {
        return place;
    }
}
