/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Calls of the C library, bound once through JNA. No other package touches native memory.
 *
 * <p>Depends on: nothing.
 *
 * <p>Threading: any thread may make any call.
 *
 * <p>Not for embedders: public for its neighbours.
 */
@NullMarked
package dev.fcgid4j.posix;

import org.jspecify.annotations.NullMarked;
