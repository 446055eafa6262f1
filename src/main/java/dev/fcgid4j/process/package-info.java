/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Starts, signals and reaps operating-system processes; the only package that does.
 *
 * <p>Depends on: {@code failure}, {@code posix}.
 *
 * <p>Threading: launching blocks; exits and lines are reported on the launcher's own thread.
 *
 * <p>Public for its neighbours. Start at {@link dev.fcgid4j.process.ProcessLauncher}.
 */
@NullMarked
package dev.fcgid4j.process;

import org.jspecify.annotations.NullMarked;
