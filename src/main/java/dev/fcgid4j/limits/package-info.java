/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What bounds time: steps of a regular expression, tasks that may block, lines in the log.
 *
 * <p>Depends on: nothing but the log.
 *
 * <p>Not for embedders. Start at {@link dev.fcgid4j.limits.BlockingExecutor}.
 */
@NullMarked
package dev.fcgid4j.limits;

import org.jspecify.annotations.NullMarked;
