/* SPDX-License-Identifier: Apache-2.0 */
/**
 * CGI/1.1 (RFC 3875) in both directions, independent of FastCGI and of any HTTP server: from a request to meta-variables,
 * and from a header block to a response.
 *
 * <p>Depends on: {@code failure}.
 *
 * <p>Threading: everything is immutable except the response parser, which belongs to one exchange.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.cgi.CgiRequest}.
 */
@NullMarked
package dev.fcgid4j.cgi;

import org.jspecify.annotations.NullMarked;
