/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * A refusal that the configuration demands.
 *
 * @param status the HTTP status, 403 or what the directive names
 * @param reason for the log; never sent to the client
 */
public record Denial(int status, String reason) {}
