/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The server's name and port as the client spelled them in Host. An unusable Host is replaced by the configured name, so a
 * script only sees well-formed names.
 *
 * <p>Immutable.
 * <p>Source: RFC 3875 sections 4.1.14 and 4.1.15, RFC 9110 section 7.2.
 */
record ServerName(String host, int port) {

    /** Returns the name from the first Host field of a request; {@code fallback} and the local port if it is unusable. */
    static ServerName of(CgiRequest request, String fallback) {
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().equalsIgnoreCase("host")) {
                return parse(header.getValue(), request, fallback);
            }
        }
        return new ServerName(fallback, request.local().getPort());
    }

    private static ServerName parse(String value, CgiRequest request, String fallback) {
        int end = value.startsWith("[") ? value.indexOf(']') + 1 : value.indexOf(':');
        String host = end <= 0 ? value : value.substring(0, end);
        String port = end <= 0 || end >= value.length() ? "" : value.substring(end);
        if (!isHost(host) || !isPort(port)) {
            return new ServerName(fallback, request.local().getPort());
        }
        if (port.length() > 1) {
            return new ServerName(host, Integer.parseInt(port.substring(1)));
        }
        return new ServerName(host, request.scheme().equals("https") ? 443 : 80);
    }

    private static boolean isPort(String text) {
        if (text.isEmpty() || text.equals(":")) {
            return true;
        }
        if (text.charAt(0) != ':' || text.length() > 6) {
            return false;
        }
        int port = 0;
        for (int i = 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = port * 10 + digit;
        }
        return port <= 65_535;
    }

    private static boolean isHost(String text) {
        if (text.isEmpty() || text.length() > 255) {
            return false;
        }
        if (text.startsWith("[")) {
            return text.endsWith("]") && all(text, 1, text.length() - 1, ServerName::inIpv6);
        }
        return all(text, 0, text.length(), ServerName::inName);
    }

    private static boolean all(String text, int from, int to, IntPredicate fits) {
        for (int i = from; i < to; i++) {
            if (!fits.test(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean inIpv6(int c) {
        return c == ':' || c == '.' || (Character.digit(c, 16) >= 0 && c < 0x80);
    }

    private static boolean inName(int c) {
        return c == '.' || c == '-' || c == '_' || (c < 0x80 && Character.isLetterOrDigit(c));
    }
}
