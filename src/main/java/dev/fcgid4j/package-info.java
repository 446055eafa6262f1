/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The embeddable facade: wiring and life cycle, no logic.
 *
 * <p>Depends on: everything below {@code netty}.
 *
 * <p>Threading: building, starting and closing block; what is handed out is for any thread.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.FcgiProcessManager}.
 */
@NullMarked
package dev.fcgid4j;

import org.jspecify.annotations.NullMarked;
