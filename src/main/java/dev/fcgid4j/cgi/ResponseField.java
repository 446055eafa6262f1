/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
record ResponseField(String lowerCase, Kind kind) {

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

    private static final Map<String, ResponseField> KNOWN = known();
    private static final int SLOTS = 64; // a power of two
    private static final String[][] SPELLINGS = spellings();

    /** What a name means, in whatever case it is written. */
    static ResponseField of(String name) {
        ResponseField known = KNOWN.get(name);
        return known == null ? make(name.toLowerCase(Locale.ROOT)) : known;
    }

    /**
     * The name that is written at a place, one or more bytes; where it is known, nothing is made of it.
     *
     * @param in borrowed for the call
     */
    static String at(ByteBuf in, int start, int length) {
        for (String known : SPELLINGS[slot(length, in.getByte(start), in.getByte(start + length - 1))]) {
            if (isAt(known, in, start, length)) {
                return known;
            }
        }
        return in.toString(start, length, StandardCharsets.ISO_8859_1);
    }

    private static boolean isAt(String known, ByteBuf in, int start, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (in.getByte(start + i) != known.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int slot(int length, int first, int last) {
        return (length + 7 * first + 31 * last) & (SLOTS - 1);
    }

    private static String[][] spellings() {
        List<List<String>> slots = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>());
        }
        for (String name : KNOWN.keySet()) {
            int length = name.length();
            slots.get(slot(length, name.charAt(0), name.charAt(length - 1))).add(name);
        }
        return slots.stream().map(slot -> slot.toArray(String[]::new)).toArray(String[][]::new);
    }

    private static Map<String, ResponseField> known() {
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
        Map<String, ResponseField> known = new HashMap<>();
        for (String name : names) {
            ResponseField meaning = make(name.toLowerCase(Locale.ROOT));
            known.put(name, meaning);
            known.put(meaning.lowerCase(), meaning);
        }
        return Map.copyOf(known);
    }

    private static ResponseField make(String lowerCase) {
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
            default -> HopByHop.NAMES.contains(lowerCase) ? Kind.DROPPED : Kind.PASSED;
        };
    }
}
