/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Map;

/**
 * The name and port under which the client asked for the server, from Host; nothing but a well-formed host gets through.
 *
 * <p>Source: RFC 3875 sections 4.1.14 and 4.1.15, RFC 9110 section 7.2.
 */
record ServerName(String host, int port) {

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
        boolean digits = text.charAt(0) == ':'
                && text.length() <= 6
                && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9');
        return digits && Integer.parseInt(text.substring(1)) <= 65_535;
    }

    private static boolean isHost(String text) {
        if (text.isEmpty() || text.length() > 255) {
            return false;
        }
        if (text.startsWith("[")) {
            return text.endsWith("]")
                    && text.chars().skip(1).limit(text.length() - 2L).allMatch(ServerName::inIpv6);
        }
        return text.chars().allMatch(ServerName::inName);
    }

    private static boolean inIpv6(int c) {
        return c == ':' || c == '.' || (Character.digit(c, 16) >= 0 && c < 0x80);
    }

    private static boolean inName(int c) {
        return c == '.' || c == '-' || c == '_' || (c < 0x80 && Character.isLetterOrDigit(c));
    }
}
