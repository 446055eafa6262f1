/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * A refusal of a request by the configuration.
 *
 * @param status the HTTP status: 403 from access control, else the one that the directive names
 * @param reason for the log; never sent to the client
 */
public record Denial(int status, String reason) {}
