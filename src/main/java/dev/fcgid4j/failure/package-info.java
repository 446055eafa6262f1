/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The closed list of ways in which the library can fail.
 *
 * <p>Depends on: nothing.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.failure.FcgiException}.
 */
@NullMarked
package dev.fcgid4j.failure;

import org.jspecify.annotations.NullMarked;
