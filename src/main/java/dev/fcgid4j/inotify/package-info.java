/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Watches files through the Linux kernel's inotify.
 *
 * <p>Depends on: {@code watch}, {@code posix}, {@code limits}.
 *
 * <p>The way of an event: {@link dev.fcgid4j.inotify.InotifyQueue} reads it, {@code EventReader} asks {@code WatchTable}
 * which subscriptions it concerns, {@code WritesInProgress} remembers those whose file is being written, and {@code
 * Subscription} calls the listener. The way of a new watch: {@code WatchInstaller} runs a {@code WatchPass}, {@code
 * EarlierWriters} asks for writers that were there before.
 *
 * <p>Threading: two locks; {@link dev.fcgid4j.inotify.InotifyQueue} says which is taken first. Listeners are called under
 * the watcher's lock.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.inotify.InotifyWatcher}.
 */
@NullMarked
package dev.fcgid4j.inotify;

import org.jspecify.annotations.NullMarked;
