/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the name of a response header field means for the server. The usual names are known beforehand, in the spellings
 * that are usual, so that nothing is made of them again for each response.
 *
 * @param lowerCase the name in lower case
 */
record FieldName(String lowerCase, Kind kind) {

    enum Kind {
        /** Goes to the client as it is. */
        PASSED,
        /** The same, but only the last one. */
        LAST_COUNTS,
        STATUS,
        LOCATION,
        CONTENT_LENGTH,
        /** X-Fcgid-Watch. */
        WATCH,
        CONNECTION,
        /** Stays here. */
        DROPPED
    }

    private static final Map<String, FieldName> KNOWN = known();

    /** What a name means, in whatever case it is written. */
    static FieldName of(String name) {
        FieldName known = KNOWN.get(name);
        return known == null ? make(name.toLowerCase(Locale.ROOT)) : known;
    }

    private static Map<String, FieldName> known() {
        List<String> names = List.of(
                "Cache-Control",
                "Connection",
                "Content-Disposition",
                "Content-Encoding",
                "Content-Language",
                "Content-Length",
                "Content-Type",
                "Content-type",
                "Date",
                "ETag",
                "Expires",
                "Last-Modified",
                "Link",
                "Location",
                "Pragma",
                "Set-Cookie",
                "Status",
                "Vary",
                "X-Powered-By");
        Map<String, FieldName> known = new HashMap<>();
        for (String name : names) {
            FieldName meaning = make(name.toLowerCase(Locale.ROOT));
            known.put(name, meaning);
            known.put(meaning.lowerCase(), meaning);
        }
        return Map.copyOf(known);
    }

    private static FieldName make(String lowerCase) {
        return new FieldName(lowerCase, kind(lowerCase));
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
            default -> HopByHop.NAMES.contains(lowerCase) ? Kind.DROPPED : Kind.PASSED;
        };
    }
}
