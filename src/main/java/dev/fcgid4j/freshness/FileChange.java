/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.nio.file.Path;
import java.time.Instant;

/**
 * The last change of a file of a process class.
 *
 * @param at the time of day at which the change was reported
 * @param file the changed file
 */
public record FileChange(Instant at, Path file) {}
