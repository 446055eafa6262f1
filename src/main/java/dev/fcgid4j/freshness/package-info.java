/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Answers one question for the pool: may this worker still serve a request, or have its files changed?
 *
 * <h2>Decisions</h2>
 *
 * <p>{@link dev.fcgid4j.freshness.FreshnessEvents} and {@link dev.fcgid4j.freshness.ClassFreshness} are plain objects under
 * the lock of a worker group. An event returns {@link dev.fcgid4j.freshness.FreshnessDecision}s: a generation began, workers
 * are outdated, a worker is verified, starts are allowed.
 *
 * <h2>Acts</h2>
 *
 * <p>{@link dev.fcgid4j.freshness.FreshnessMonitor} watches and compares the files of one class, and reads which files its
 * workers have loaded. It holds no lock of the pool, and reaches the pool only through {@link
 * dev.fcgid4j.freshness.FreshnessExecutor}.
 *
 * <p>Depends on: {@code application}, {@code observe}, {@code posix}, {@code process}, {@code watch}, {@code worker}, {@code
 * writers}. Knows no pool.
 *
 * <p>Threading: each class says it. Methods that read the disk run on a thread that may block.
 *
 * <p>Public for the pool. Start at {@code FreshnessMonitor}.
 */
@NullMarked
package dev.fcgid4j.freshness;

import org.jspecify.annotations.NullMarked;
