/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One application process, its transport connection and its state.
 *
 * <p>Depends on: {@code application}, {@code codec}, {@code failure}, {@code observe}, {@code posix}, {@code process}.
 *
 * <p>Threading: a worker's state is guarded by the lock of its group; a connection belongs to its channel's event loop.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.worker.Worker}.
 */
@NullMarked
package dev.fcgid4j.worker;

import org.jspecify.annotations.NullMarked;
