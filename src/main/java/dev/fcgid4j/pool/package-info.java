/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Hands workers out and takes them back.
 *
 * <p>Depends on: {@code application}, {@code failure}, {@code freshness}, {@code process}, {@code watch}, {@code worker}.
 *
 * <p>Threading: one short lock per group, held for the decision only; nothing is called, logged or waited for under it.
 *
 * <p>Public for its neighbours. Start at {@code WorkerPool}.
 */
@NullMarked
package dev.fcgid4j.pool;

import org.jspecify.annotations.NullMarked;
