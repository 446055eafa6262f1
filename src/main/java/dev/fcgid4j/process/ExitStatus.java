/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

/**
 * How a process ended.
 *
 * @param code its exit code, 0 to 255; 0 when a signal ended it
 * @param signal the signal that ended it; 0 when it exited by itself
 */
public record ExitStatus(int code, int signal) {

    /** A process that exited by itself with this code. */
    public static ExitStatus exited(int code) {
        return new ExitStatus(code, 0);
    }

    /** A process that a signal ended. */
    public static ExitStatus killed(int signal) {
        return new ExitStatus(0, signal);
    }

    /** Whether it exited by itself with code 0. */
    public boolean success() {
        return code == 0 && signal == 0;
    }

    @Override
    public String toString() {
        return signal == 0 ? "exit code " + code : "signal " + signal;
    }
}
