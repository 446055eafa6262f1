/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How the API is marked: everything public in an exported package belongs to it, unless it is marked {@link
 * dev.fcgid4j.api.Internal}.
 *
 * <p>Depends on: nothing.
 *
 * <p>Public for embedders, who see the mark.
 */
@NullMarked
package dev.fcgid4j.api;

import org.jspecify.annotations.NullMarked;
