/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.failure.ConfigurationException;
import java.net.InetSocketAddress;

/**
 * Parses and prints addresses to listen on, such as {@code 8080}, {@code localhost:8080}, {@code [::1]:8080}.
 *
 * <p>Stateless. Source: the syntax of httpd's {@code Listen}.
 */
final class Addresses {

    private Addresses() {}

    /**
     * Parses an address. A port without a host, or with the host {@code *}, means all interfaces. Looks the host up, so it may
     * block.
     *
     * @throws ConfigurationException if the text is no address, or the host is unknown
     */
    static InetSocketAddress parse(String text) {
        // The last colon: an IPv6 address has more of them, inside its brackets.
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "0.0.0.0" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= 65_535 && !host.isEmpty()) {
                InetSocketAddress address = new InetSocketAddress(host.equals("*") ? "0.0.0.0" : host, port);
                if (!address.isUnresolved()) {
                    return address;
                }
                throw new ConfigurationException("no such host: " + host);
            }
        } catch (NumberFormatException e) {
            throw new ConfigurationException(expected(text), e);
        }
        throw new ConfigurationException(expected(text));
    }

    private static String expected(String text) {
        return "expected HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:8080, found " + text;
    }

    /** Returns an address as text; an IPv6 address stands in brackets. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
