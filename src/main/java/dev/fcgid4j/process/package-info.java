/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Starts, signals and reaps processes of the operating system. No other package does.
 *
 * <p>Depends on: {@code failure}, {@code observe}, {@code posix}, {@code limits}.
 *
 * <p>Threading: launching blocks; the launcher's own thread reports exits and lines.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.process.ProcessLauncher}.
 */
@NullMarked
package dev.fcgid4j.process;

import org.jspecify.annotations.NullMarked;
