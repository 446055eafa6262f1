/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Grants workers to requests and takes them back; starts, replaces and stops their processes.
 *
 * <p>The way of a question for a worker: {@code WorkerPool} finds the class, {@code GroupExecutor} takes the lock of the
 * class, {@code WorkerGroup} decides and returns actions, {@code GroupExecutor} releases the lock and performs them.
 *
 * <p>Depends on: {@code application}, {@code failure}, {@code freshness}, {@code observe}, {@code process}, {@code watch}, {@code
 * worker}, {@code writers}, {@code limits}.
 *
 * <p>Threading: one lock for each class, held for one decision. Under it the pool calls no listener and no launcher, writes
 * no log and waits for nothing.
 *
 * <p>Public for the other packages of the library only. Start at {@code WorkerPool}.
 */
@NullMarked
package dev.fcgid4j.pool;

import org.jspecify.annotations.NullMarked;
