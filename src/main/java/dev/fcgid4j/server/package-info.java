/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The command line, the embedded web server, static files.
 *
 * <p>Depends on: everything below, picocli and logback.
 *
 * <p>Threading: a handler belongs to its channel's event loop; files are opened by the blocking executor.
 *
 * <p>Not for embedders, but the best example of embedding. Start at {@link dev.fcgid4j.server.Main}.
 */
@NullMarked
package dev.fcgid4j.server;

import org.jspecify.annotations.NullMarked;
