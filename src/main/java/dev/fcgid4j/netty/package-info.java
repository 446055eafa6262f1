/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The adapter for Netty pipelines.
 *
 * <p>Depends on: everything below.
 *
 * <p>Threading: a handler belongs to its HTTP channel's event loop, and so does all it starts.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.netty.FastCgiHttpHandler}.
 */
@NullMarked
package dev.fcgid4j.netty;

import org.jspecify.annotations.NullMarked;
