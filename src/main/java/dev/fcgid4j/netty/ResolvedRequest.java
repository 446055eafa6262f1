/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.mapping.Resolution;
import io.netty.handler.codec.http.HttpRequest;

/**
 * A request that no FastCGI application answers, handed to the next handler, which answers with exactly one response. Its
 * body has been read and discarded.
 *
 * @param request line and headers
 * @param resolution why not; {@link Resolution.Script} when another method than an application's is to answer it
 */
public record ResolvedRequest(HttpRequest request, Resolution resolution) {}
