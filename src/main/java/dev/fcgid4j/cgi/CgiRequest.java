/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One HTTP request, as an adapter supplies it.
 *
 * <p>All text is a byte string: each {@code char} is one byte of the message (ISO-8859-1). So a script gets the bytes that
 * the client sent, whatever their encoding.
 *
 * <p>Immutable.
 *
 * @param method the method, such as {@code GET}
 * @param target the request target exactly as on the request line, such as {@code /a%20b.fcgi/x?q=1}; the host of a target
 *     in absolute form wins over Host (RFC 9112 section 3.2.2)
 * @param protocol such as {@code HTTP/1.1}
 * @param scheme {@code http} or {@code https}
 * @param headers the header fields in the order received; a repeated name appears repeatedly
 * @param remote the client's end of the connection
 * @param local the server's end of the connection
 * @param contentLength bytes of the complete body; -1 if the request has none
 * @param redirectedFrom the target that a local redirect came from; empty if the client itself asked for this one
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

    /** Creates a request that came from a client. */
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

    /** Returns the request after a local redirect: another target, GET, and no body (RFC 3875 section 6.2.2). */
    public CgiRequest redirectedTo(String newTarget) {
        CgiRequest from = inOriginForm();
        return new CgiRequest(
                method.equals("HEAD") ? "HEAD" : "GET",
                newTarget,
                protocol,
                scheme,
                from.headers,
                remote,
                local,
                -1,
                from.target);
    }

    /**
     * Returns the request in origin form: the target has no host, and the host of a target in absolute form replaces the
     * Host fields (RFC 9112 section 3.2.2).
     */
    CgiRequest inOriginForm() {
        String host = TargetUri.host(target);
        if (host.isEmpty()) {
            return this;
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>(headers.size() + 1);
        fields.add(Map.entry("Host", host));
        for (Map.Entry<String, String> field : headers) {
            if (!field.getKey().equalsIgnoreCase("host")) {
                fields.add(field);
            }
        }
        String path = TargetUri.originForm(target);
        return new CgiRequest(method, path, protocol, scheme, fields, remote, local, contentLength, redirectedFrom);
    }
}
