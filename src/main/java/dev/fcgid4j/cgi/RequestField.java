/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the name of a request header means for a script. The names that browsers send are known beforehand, in the
 * spellings that are usual, so that nothing is made of them again for each request.
 *
 * @param lowerCase the name in lower case
 * @param variable the variable that the header becomes, such as {@code HTTP_ACCEPT}
 * @param kind who is given it
 */
record RequestField(String lowerCase, String variable, Kind kind) {

    enum Kind {
        /** Every script. */
        PASSED,
        /** Scripts that ask for it. */
        CREDENTIALS,
        /** Every script, beside a body, and under a name of its own. */
        CONTENT_TYPE,
        /** Every script; repeated ones are joined in a way of their own. */
        COOKIE,
        /** Nobody. */
        DROPPED
    }

    /** {@code proxy} is httpoxy, CONTENT_LENGTH is what was counted, and the server has answered {@code expect}. */
    private static final Set<String> NEVER = Set.of("proxy", "content-length", "expect");

    private static final Set<String> CREDENTIALS = Set.of("authorization", "proxy-authorization");

    private static final Map<String, RequestField> KNOWN = known();

    /** What a name means, in whatever case it is written. */
    static RequestField of(String name) {
        RequestField known = KNOWN.get(name);
        return known == null ? make(name.toLowerCase(Locale.ROOT)) : known;
    }

    private static Map<String, RequestField> known() {
        List<String> names = List.of(
                "Accept",
                "Accept-Encoding",
                "Accept-Language",
                "Cache-Control",
                "Connection",
                "Content-Length",
                "Content-Type",
                "Cookie",
                "DNT",
                "Host",
                "If-Modified-Since",
                "If-None-Match",
                "Origin",
                "Pragma",
                "Priority",
                "Range",
                "Referer",
                "Sec-Fetch-Dest",
                "Sec-Fetch-Mode",
                "Sec-Fetch-Site",
                "Sec-Fetch-User",
                "Sec-GPC",
                "Transfer-Encoding",
                "Upgrade-Insecure-Requests",
                "User-Agent",
                "Via",
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "X-Forwarded-Proto",
                "X-Requested-With");
        Map<String, RequestField> known = new HashMap<>();
        for (String name : names) {
            RequestField meaning = make(name.toLowerCase(Locale.ROOT));
            known.put(name, meaning);
            known.put(meaning.lowerCase(), meaning);
        }
        return Map.copyOf(known);
    }

    private static RequestField make(String lowerCase) {
        return new RequestField(lowerCase, variableName(lowerCase), kind(lowerCase));
    }

    private static Kind kind(String lowerCase) {
        if (NEVER.contains(lowerCase) || HopByHop.NAMES.contains(lowerCase) || !isPlain(lowerCase)) {
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

    private static boolean isPlain(String lowerCase) {
        for (int i = 0; i < lowerCase.length(); i++) {
            char c = lowerCase.charAt(i);
            if (!(c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
                return false;
            }
        }
        return !lowerCase.isEmpty();
    }

    private static String variableName(String lowerCase) {
        return lowerCase.equals("content-type")
                ? "CONTENT_TYPE"
                : "HTTP_" + lowerCase.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
