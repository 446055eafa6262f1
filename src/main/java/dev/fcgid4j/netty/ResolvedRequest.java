/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.mapping.Resolution;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Optional;

/**
 * A request that no FastCGI application answers, handed to the next handler, which answers with exactly one response. Its
 * body has been read and discarded.
 *
 * @param request line and headers
 * @param resolution why not; {@link Resolution.Script} when another method than an application's is to answer it
 * @param sent when an application has asked for the {@link Resolution.StaticFile} to be sent in its place (X-Sendfile): the
 *     folder that the file must not leave, whatever links say, and the header fields that go with it
 */
public record ResolvedRequest(HttpRequest request, Resolution resolution, Optional<CgiResponse.SendFile> sent) {

    /** One that no application has answered. */
    public ResolvedRequest(HttpRequest request, Resolution resolution) {
        this(request, resolution, Optional.empty());
    }
}
