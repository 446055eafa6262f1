/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The meaning of one request header field for scripts. {@link ResponseField} is its like for the other direction.
 *
 * <p>Immutable. Source: RFC 3875 section 4.1.18.
 *
 * @param lowerCase the name in lower case
 * @param variable the meta-variable that the field becomes, such as {@code HTTP_ACCEPT}
 * @param kind whether and how scripts get it
 */
record RequestField(String lowerCase, String variable, Kind kind) {

    /** Whether and how scripts get a field. */
    enum Kind {
        /** Always. */
        PASSED,
        /** The field is passed on only if the configuration asks for it. */
        CREDENTIALS,
        /** The field is passed on only beside a body, as CONTENT_TYPE. */
        CONTENT_TYPE,
        /** Always; repeated fields are joined with a semicolon. */
        COOKIE,
        /** Never. */
        DROPPED
    }

    /** {@code proxy} is httpoxy; the server itself counts {@code content-length} and answers {@code expect}. */
    private static final Set<String> NEVER = Set.of("proxy", "content-length", "expect");

    private static final Set<String> CREDENTIALS = Set.of("authorization", "proxy-authorization");

    private static final Map<String, RequestField> KNOWN = KnownFields.bySpelling(RequestField::ofLowerCase);

    /** Returns the field of a name, in any spelling. */
    static RequestField of(String name) {
        RequestField known = KNOWN.get(name);
        return known == null ? ofLowerCase(name.toLowerCase(Locale.ROOT)) : known;
    }

    private static RequestField ofLowerCase(String lowerCase) {
        return new RequestField(lowerCase, variable(lowerCase), kind(lowerCase));
    }

    private static Kind kind(String lowerCase) {
        if (NEVER.contains(lowerCase) || KnownFields.isHopByHop(lowerCase) || !isUnambiguous(lowerCase)) {
            return Kind.DROPPED;
        }
        if (CREDENTIALS.contains(lowerCase)) {
            return Kind.CREDENTIALS;
        }
        return switch (lowerCase) {
            case "content-type" -> Kind.CONTENT_TYPE;
            case "cookie" -> Kind.COOKIE;
            default -> Kind.PASSED;
        };
    }

    /** Returns whether no other name becomes the same variable: letters, digits and hyphens only. */
    private static boolean isUnambiguous(String lowerCase) {
        for (int i = 0; i < lowerCase.length(); i++) {
            char c = lowerCase.charAt(i);
            if (!(c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
                return false;
            }
        }
        return !lowerCase.isEmpty();
    }

    private static String variable(String lowerCase) {
        return lowerCase.equals("content-type")
                ? "CONTENT_TYPE"
                : "HTTP_" + lowerCase.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
