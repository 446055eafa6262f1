/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which request headers a script is given, and under which names.
 *
 * <ul>
 *   <li>A name with anything but letters, digits and {@code -} is dropped: {@code X_User} must not pass for {@code X-User}.
 *   <li>{@code Proxy} never becomes {@code HTTP_PROXY} (CVE-2016-1000104), whoever asks for it.
 *   <li>{@code Authorization} and {@code Proxy-Authorization} only when asked for.
 *   <li>Hop-by-hop headers, and those that Connection names, stay with the server.
 *   <li>{@code Content-Type} only beside a body.
 *   <li>Repeated headers are joined: with {@code "; "} for Cookie, else with {@code ", "}.
 * </ul>
 *
 * <p>Source: RFC 3875 section 4.1.18, RFC 9110 sections 5.3 and 7.6.1.
 */
final class HeaderRules {

    /** {@code proxy} is httpoxy, CONTENT_LENGTH is what was counted, and the server has answered {@code expect}. */
    private static final Set<String> NEVER = Set.of("proxy", "content-length", "expect");

    private static final Set<String> CREDENTIALS = Set.of("authorization", "proxy-authorization");

    private final boolean passAuthorization;

    HeaderRules(boolean passAuthorization) {
        this.passAuthorization = passAuthorization;
    }

    void apply(CgiRequest request, Set<String> passHeaders, MetaVariables.Builder variables) {
        Set<String> hopByHop = namedByConnection(request);
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!isPassed(name, passHeaders, hopByHop) || !isClean(header.getValue())) {
                continue;
            }
            if (name.equals("content-type")) {
                if (request.contentLength() >= 0) { // else its body has been dropped, or there was none
                    variables.set("CONTENT_TYPE", header.getValue());
                }
            } else {
                variables.join(variableName(name), name.equals("cookie") ? "; " : ", ", header.getValue());
            }
        }
    }

    private boolean isPassed(String name, Set<String> passHeaders, Set<String> hopByHop) {
        if (NEVER.contains(name) || HopByHop.NAMES.contains(name) || hopByHop.contains(name) || !isPlain(name)) {
            return false;
        }
        return !CREDENTIALS.contains(name) || passAuthorization || passHeaders.contains(name);
    }

    private static Set<String> namedByConnection(CgiRequest request) {
        Set<String> names = Set.of();
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().equalsIgnoreCase("connection")) {
                names = names.isEmpty() ? new HashSet<>() : names;
                for (String name : header.getValue().split(",", -1)) {
                    names.add(name.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        // A client can't take these away from a script by naming them.
        if (!names.isEmpty()) {
            names.removeIf(name -> name.equals("host") || name.equals("content-type") || name.equals("cookie"));
        }
        return names;
    }

    private static boolean isPlain(String lowerCase) {
        for (int i = 0; i < lowerCase.length(); i++) {
            char c = lowerCase.charAt(i);
            if (!(c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
                return false;
            }
        }
        return !lowerCase.isEmpty();
    }

    private static boolean isClean(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0 || c == '\r' || c == '\n') {
                return false;
            }
        }
        return true;
    }

    private static String variableName(String lowerCase) {
        StringBuilder name = new StringBuilder(lowerCase.length() + 5).append("HTTP_");
        for (int i = 0; i < lowerCase.length(); i++) {
            char c = lowerCase.charAt(i);
            name.append(c == '-' ? '_' : Character.toUpperCase(c));
        }
        return name.toString();
    }
}
