/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finds which application answers a URL: by document root, aliases, and the configuration of each directory on the way.
 * One resolver answers for one site; a virtual host will be a {@link dev.fcgid4j.mapping.Site} of its own.
 *
 * <p>Depends on: {@code failure}, {@code config}, {@code cgi}, {@code process}, {@code watch}, {@code application}, {@code
 * directives}, {@code limits}, {@code posix}, {@code codec}.
 *
 * <p>Threading: a cached answer never blocks; a lookup reads the disk.
 *
 * <p>Public for embedders is {@link dev.fcgid4j.mapping.Resolution}; the rest is for its neighbours. Start at {@link
 * dev.fcgid4j.mapping.HandlerResolver}.
 */
@NullMarked
package dev.fcgid4j.mapping;

import org.jspecify.annotations.NullMarked;
