/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import io.netty.util.NetUtil;
import java.util.Map;

/**
 * The server's name and port as the client spelled them in Host. An unusable Host is replaced by the configured name, so a
 * script only sees well-formed names.
 *
 * <p>A name consists of letters, digits, hyphens, underscores and dots, as httpd wants it. So one of digits and dots must be
 * an IPv4 address. An IPv6 address stands in brackets and has no zone.
 *
 * <p>Immutable.
 * <p>Source: RFC 3875 sections 4.1.14 and 4.1.15, RFC 9110 section 7.2, RFC 3986 section 3.2.
 */
record ServerName(String host, int port) {

    private static final int MAX_LENGTH = 255;
    private static final int MAX_PORT = 65_535;

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
        if (!isWellFormed(value)) {
            return new ServerName(fallback, request.local().getPort());
        }
        int end = hostEnd(value);
        if (end + 1 < value.length()) {
            return new ServerName(value.substring(0, end), Integer.parseInt(value.substring(end + 1)));
        }
        return new ServerName(value.substring(0, end), request.scheme().equals("https") ? 443 : 80);
    }

    /** Returns whether a text is a name or an address, with or without a port from 1 to 65535. */
    static boolean isWellFormed(String value) {
        int end = hostEnd(value);
        return isHost(value, end) && isPort(value, end);
    }

    private static int hostEnd(String value) {
        int end = value.startsWith("[") ? value.indexOf(']') + 1 : value.indexOf(':');
        return end <= 0 ? value.length() : end;
    }

    /** Returns whether nothing follows the host, or a colon and a number; the number may be missing. */
    private static boolean isPort(String text, int start) {
        if (start == text.length() || (start + 1 == text.length() && text.charAt(start) == ':')) {
            return true;
        }
        if (text.charAt(start) != ':' || text.length() - start > 6) {
            return false;
        }
        int port = 0;
        for (int i = start + 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = port * 10 + digit;
        }
        return port > 0 && port <= MAX_PORT;
    }

    private static boolean isHost(String text, int end) {
        if (end == 0 || end > MAX_LENGTH) {
            return false;
        }
        return text.startsWith("[") ? isIpv6(text, end) : isName(text, end);
    }

    private static boolean isIpv6(String text, int end) {
        return text.charAt(end - 1) == ']'
                && text.lastIndexOf('%', end) < 0
                && NetUtil.isValidIpV6Address(text.substring(1, end - 1));
    }

    private static boolean isName(String text, int end) {
        boolean numeric = true;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
            boolean emptyLabel = c == '.' && i > 0 && text.charAt(i - 1) == '.';
            if (emptyLabel || !(letter || c == '.' || (c >= '0' && c <= '9'))) {
                return false;
            }
            numeric &= !letter;
        }
        return !numeric || NetUtil.isValidIpV4Address(text.substring(0, end));
    }
}
