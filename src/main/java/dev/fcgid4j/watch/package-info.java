/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a watcher of files is, and what works without the kernel's help: stamps, patterns, paths, polling.
 *
 * <p>Depends on: {@code limits}, {@code posix}. {@code inotify} implements {@link dev.fcgid4j.watch.FileWatcher}; {@code writers}
 * finds writers that no event has reported yet.
 *
 * <p>Threading: a thread that is about to dispatch a request drains the watcher first.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.watch.FileWatcher}.
 */
@NullMarked
package dev.fcgid4j.watch;

import org.jspecify.annotations.NullMarked;
