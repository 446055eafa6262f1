/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Notices that a file changed; knows no pool.
 *
 * <p>Depends on: {@code failure}, {@code posix}.
 *
 * <p>Threading: whoever is about to dispatch drains the watcher under its short lock.
 *
 * <p>Public for its neighbours. Start at {@link dev.fcgid4j.watch.FileWatcher}.
 */
@NullMarked
package dev.fcgid4j.watch;

import org.jspecify.annotations.NullMarked;
