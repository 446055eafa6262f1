/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Answers one question for the pool: may this worker still serve a request, or have its files changed?
 *
 * <p>Depends on: {@code application}, {@code posix}, {@code process}, {@code watch}, {@code worker}. Knows no pool.
 *
 * <p>Threading: see each class. Whatever reads the disk runs on a thread that may block.
 *
 * <p>Public for the pool.
 */
@NullMarked
package dev.fcgid4j.freshness;

import org.jspecify.annotations.NullMarked;
