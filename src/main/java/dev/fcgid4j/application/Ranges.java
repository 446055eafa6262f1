/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.api.Internal;
import java.time.Duration;

/**
 * Checks the values of settings. Each message names the setting, its value and the expected range.
 *
 * <p>Stateless.
 */
@Internal
public final class Ranges {

    private Ranges() {}

    /**
     * Requires a number that isn't too small.
     *
     * @param name the setting, for the message
     * @throws IllegalArgumentException if the value is less than {@code least}
     */
    public static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ": expected at least " + least);
        }
    }

    /**
     * Requires a time that is zero or more.
     *
     * @param name the setting, for the message
     * @throws IllegalArgumentException if the value is negative
     */
    public static void notNegative(String name, Duration value) {
        if (requireNonNull(value, name).isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ": expected zero or more");
        }
    }

    /**
     * Requires a time that is more than zero.
     *
     * @param name the setting, for the message
     * @throws IllegalArgumentException if the value is zero or negative
     */
    public static void positive(String name, Duration value) {
        notNegative(name, value);
        if (value.isZero()) {
            throw new IllegalArgumentException(name + " is zero: expected more");
        }
    }
}
