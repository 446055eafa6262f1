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
final class RequestFields {

    private final boolean passAuthorization;

    RequestFields(boolean passAuthorization) {
        this.passAuthorization = passAuthorization;
    }

    void apply(CgiRequest request, Set<String> passHeaders, MetaVariables.Builder variables) {
        Set<String> hopByHop = namedByConnection(request);
        for (Map.Entry<String, String> header : request.headers()) {
            RequestField name = RequestField.of(header.getKey());
            String value = header.getValue();
            if (!isClean(value) || hopByHop.contains(name.lowerCase())) {
                continue;
            }
            switch (name.kind()) {
                case PASSED -> variables.join(name.variable(), ", ", value);
                case COOKIE -> variables.join(name.variable(), "; ", value);
                case CREDENTIALS -> {
                    if (passAuthorization || passHeaders.contains(name.lowerCase())) {
                        variables.join(name.variable(), ", ", value);
                    }
                }
                case CONTENT_TYPE -> {
                    if (request.contentLength() >= 0) { // else its body has been dropped, or there was none
                        variables.set(name.variable(), value);
                    }
                }
                case DROPPED -> {}
            }
        }
    }

    private static Set<String> namedByConnection(CgiRequest request) {
        Set<String> names = Set.of();
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().equalsIgnoreCase("connection") && !isUsual(header.getValue())) {
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

    /** Names no header that isn't dropped anyway. */
    private static boolean isUsual(String connection) {
        return connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close");
    }

    private static boolean isClean(String value) {
        return value.indexOf('\0') < 0 && value.indexOf('\r') < 0 && value.indexOf('\n') < 0;
    }
}
