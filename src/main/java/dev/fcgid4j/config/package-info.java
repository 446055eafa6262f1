/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Apache's configuration syntax: sections, quotes, continued lines. This package does not know what directives mean.
 *
 * <p>Depends on: {@code failure}.
 *
 * <p>Threading: everything is immutable.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.config.ApacheConfigParser}.
 */
@NullMarked
package dev.fcgid4j.config;

import org.jspecify.annotations.NullMarked;
