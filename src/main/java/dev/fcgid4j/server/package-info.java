/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The command line, the web server, static files and the status page.
 *
 * <p>Depends on: everything below, picocli and logback.
 *
 * <p>Threading: a handler belongs to its channel's event loop; the blocking executor opens files.
 *
 * <p>Not for embedders, but the best example of embedding. Start at {@link dev.fcgid4j.server.Main}.
 */
@NullMarked
package dev.fcgid4j.server;

import org.jspecify.annotations.NullMarked;
