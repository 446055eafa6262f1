/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.mapping.Resolution;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Optional;

/**
 * A request that no FastCGI application answers. {@link FastCgiHttpHandler} hands it to the next handler, which must answer
 * with exactly one response. The body has been read and dropped.
 *
 * @param request request line and header fields; the target is in origin form, and Host names the host that the request is
 *     for; after a local redirect or for a file that an application names, the method is GET or HEAD
 * @param resolution what the target leads to, never a {@link Resolution.Script}; a {@link Resolution.Refused} for a target
 *     that the handler's predicate leaves to the next handler
 * @param sendFile the answer of an application that names the {@link Resolution.StaticFile} (X-Sendfile): the folder that
 *     the file must be in after symbolic links are followed, and the header fields that are sent with it
 */
public record ResolvedRequest(HttpRequest request, Resolution resolution, Optional<CgiResponse.SendFile> sendFile) {

    /** A request that has reached no application, or was redirected by one. */
    public ResolvedRequest(HttpRequest request, Resolution resolution) {
        this(request, resolution, Optional.empty());
    }
}
