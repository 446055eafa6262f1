/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Turns the header fields of a request into meta-variables.
 *
 * <ul>
 *   <li>A name with anything but letters, digits and {@code -} is dropped: {@code X_User} must not pass for {@code X-User}.
 *   <li>{@code Proxy} never becomes {@code HTTP_PROXY} (CVE-2016-1000104), whatever the configuration says.
 *   <li>{@code Authorization} and {@code Proxy-Authorization} are passed on only if the configuration asks for them.
 *   <li>Hop-by-hop fields, and those that Connection names, are dropped.
 *   <li>{@code Content-Type} is passed on only beside a body.
 *   <li>Repeated fields are joined: with {@code "; "} for Cookie, else with {@code ", "}.
 * </ul>
 *
 * <p>Immutable. Source: RFC 3875 section 4.1.18, RFC 9110 sections 5.3 and 7.6.1.
 */
final class RequestFields {

    private final boolean passAuthorization;

    RequestFields(boolean passAuthorization) {
        this.passAuthorization = passAuthorization;
    }

    /**
     * Adds the variables of a request's header fields.
     *
     * @param passHeaders names in lower case that are passed on although they normally aren't
     */
    void addTo(MetaVariables.Builder variables, CgiRequest request, Set<String> passHeaders) {
        Set<String> namedByConnection = namedByConnection(request);
        for (Map.Entry<String, String> header : request.headers()) {
            RequestField field = RequestField.of(header.getKey());
            String value = header.getValue();
            if (!isClean(value) || namedByConnection.contains(field.lowerCase())) {
                continue;
            }
            switch (field.kind()) {
                case PASSED -> variables.join(field.variable(), ", ", value);
                case COOKIE -> variables.join(field.variable(), "; ", value);
                case CREDENTIALS -> {
                    if (passAuthorization || passHeaders.contains(field.lowerCase())) {
                        variables.join(field.variable(), ", ", value);
                    }
                }
                case CONTENT_TYPE -> {
                    if (request.contentLength() >= 0) { // else the request has no body, or a redirect dropped it
                        variables.set(field.variable(), value);
                    }
                }
                case DROPPED -> {}
            }
        }
    }

    /** Returns the names in Connection fields, in lower case, without those that a script needs in any case. */
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

    /** Returns whether a Connection field names only fields that are dropped anyway. */
    private static boolean isUsual(String connection) {
        return connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close");
    }

    private static boolean isClean(String value) {
        return value.indexOf('\0') < 0 && value.indexOf('\r') < 0 && value.indexOf('\n') < 0;
    }
}
