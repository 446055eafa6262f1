/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * What an adapter must supply of one HTTP request: a snapshot that doesn't change.
 *
 * <p>All text is a byte string: each {@code char} is one byte as it came over the wire (ISO-8859-1), so that what a
 * script gets is what the client sent, whatever its encoding.
 *
 * @param method the method, such as {@code GET}
 * @param target the request target exactly as on the request line, such as {@code /a%20b.fcgi/x?q=1}
 * @param protocol such as {@code HTTP/1.1}
 * @param scheme {@code http} or {@code https}
 * @param headers the header fields in the order received; a repeated name appears repeatedly
 * @param remote the client's end of the connection
 * @param local the server's end of the connection
 * @param contentLength bytes of the complete body; -1 when the request has none
 * @param redirectedFrom the target that led here by a local redirect; empty when the client asked for this one
 */
public record CgiRequest(
        String method,
        String target,
        String protocol,
        String scheme,
        List<Map.Entry<String, String>> headers,
        InetSocketAddress remote,
        InetSocketAddress local,
        long contentLength,
        String redirectedFrom) {

    /** A request as it came from the client. */
    public CgiRequest(
            String method,
            String target,
            String protocol,
            String scheme,
            List<Map.Entry<String, String>> headers,
            InetSocketAddress remote,
            InetSocketAddress local,
            long contentLength) {
        this(method, target, protocol, scheme, headers, remote, local, contentLength, "");
    }

    /** What a local redirect makes of it: another target, by GET and without the body (RFC 3875 section 6.2.2). */
    public CgiRequest redirectedTo(String newTarget) {
        return new CgiRequest(
                method.equals("HEAD") ? "HEAD" : "GET",
                newTarget,
                protocol,
                scheme,
                headers,
                remote,
                local,
                -1,
                target);
    }
}
