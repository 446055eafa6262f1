/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** A mistake in a configuration file, an option or a setting; the message begins with its place. */
public final class ConfigurationException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what was found and what was expected; begins with {@code file:line: } when it comes from a file
     */
    public ConfigurationException(String message) {
        super(FailureKind.CONFIGURATION, message, null);
    }

    /** The same, with the failure that led to this one. */
    public ConfigurationException(String message, Throwable cause) {
        super(FailureKind.CONFIGURATION, message, cause);
    }
}
