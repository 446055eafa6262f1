/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The adapter for Netty pipelines: translates between Netty's HTTP messages and a {@link
 * dev.fcgid4j.gateway.ClientRequest}.
 *
 * <p>Depends on: {@code gateway}, {@code mapping}, {@code cgi}.
 *
 * <p>Threading: a handler and everything that it starts belong to the event loop of its HTTP channel.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.netty.FastCgiHttpHandler}.
 */
@NullMarked
package dev.fcgid4j.netty;

import org.jspecify.annotations.NullMarked;
