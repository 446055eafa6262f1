/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which application answers a URL: document root, aliases, and the configuration of each directory on the way.
 *
 * <p>Depends on: {@code failure}, {@code config}, {@code cgi}, {@code process}, {@code watch}, {@code application}, {@code
 * directives}.
 *
 * <p>Threading: a cached look-up never blocks; a full one reads the disk.
 *
 * <p>Public for its neighbours. Start at {@link dev.fcgid4j.mapping.HandlerResolver}.
 */
@NullMarked
package dev.fcgid4j.mapping;

import org.jspecify.annotations.NullMarked;
