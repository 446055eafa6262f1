/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Locale;
import java.util.Map;

/**
 * The meaning of one response header field for the server. {@link RequestField} is its like for the other direction.
 *
 * <p>Immutable. Source: RFC 3875 section 6.3.
 *
 * @param lowerCase the name in lower case
 * @param kind what the server does with it
 */
record ResponseField(String lowerCase, Kind kind) {

    /** What the server does with a field. */
    enum Kind {
        /** The client gets it. */
        PASSED,
        /** The client gets the last one. */
        LAST_COUNTS,
        /** It sets the status. */
        STATUS,
        /** It redirects. */
        LOCATION,
        /** It promises the length of the body. */
        CONTENT_LENGTH,
        /** X-Fcgid-Watch: it names files to watch. */
        WATCH,
        /** It names fields that the client does not get. */
        CONNECTION,
        /** The client does not get it. */
        DROPPED
    }

    private static final Map<String, ResponseField> KNOWN = KnownFields.bySpelling(ResponseField::ofLowerCase);

    /** Returns the field of a name, in any spelling. */
    static ResponseField of(String name) {
        ResponseField known = KNOWN.get(name);
        return known == null ? ofLowerCase(name.toLowerCase(Locale.ROOT)) : known;
    }

    private static ResponseField ofLowerCase(String lowerCase) {
        return new ResponseField(lowerCase, kind(lowerCase));
    }

    private static Kind kind(String lowerCase) {
        return switch (lowerCase) {
            case "status" -> Kind.STATUS;
            case "location" -> Kind.LOCATION;
            case "content-length" -> Kind.CONTENT_LENGTH;
            case "x-fcgid-watch" -> Kind.WATCH;
            case "connection" -> Kind.CONNECTION;
            case "proxy-authenticate", "proxy-authorization" -> Kind.DROPPED;
            case "content-type", "etag", "last-modified", "content-range", "content-encoding", "date" ->
                Kind.LAST_COUNTS;
            default -> KnownFields.isHopByHop(lowerCase) ? Kind.DROPPED : Kind.PASSED;
        };
    }
}
