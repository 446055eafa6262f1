/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which command runs which file, from settings and {@code .htaccess}.
 *
 * <p>Depends on: {@code failure}, {@code config}, {@code cgi}, {@code process}, {@code watch}.
 *
 * <p>Threading: a cached look-up never blocks; a full one reads the disk.
 *
 * <p>Public for its neighbours. Start at {@link dev.fcgid4j.mapping.HandlerResolver}.
 */
@NullMarked
package dev.fcgid4j.mapping;

import org.jspecify.annotations.NullMarked;
