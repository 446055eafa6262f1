/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

/**
 * How a process ended.
 *
 * @param code the exit code, 0 to 255; 0 if a signal ended the process
 * @param signal the signal that ended the process; 0 if it exited by itself
 */
public record ExitStatus(int code, int signal) {

    /** Returns the status of a process that exited by itself. */
    public static ExitStatus exited(int code) {
        return new ExitStatus(code, 0);
    }

    /** Returns the status of a process that a signal ended. */
    public static ExitStatus killed(int signal) {
        return new ExitStatus(0, signal);
    }

    /** Returns whether the process exited by itself with code 0. */
    public boolean success() {
        return code == 0 && signal == 0;
    }

    @Override
    public String toString() {
        return signal == 0 ? "exit code " + code : "signal " + signal;
    }
}
