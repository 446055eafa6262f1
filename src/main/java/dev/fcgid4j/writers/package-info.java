/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finds out whether a watched file is being changed by a writer that no event has reported yet.
 *
 * <p>Depends on: {@code inotify}, {@code watch}, {@code posix}.
 *
 * <p>The kernel truncates or removes a file before it queues the event. {@link dev.fcgid4j.writers.WriterDetector} watches
 * files and answers for the time in between: {@code UnreportedChange} looks at one file, {@code OpenFileTracker} knows which
 * files were opened lately, so that the others need no look.
 *
 * <p>Threading: any thread may check; a check reads the disk.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.writers.WriterDetector}.
 */
@NullMarked
package dev.fcgid4j.writers;

import org.jspecify.annotations.NullMarked;
