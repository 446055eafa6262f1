/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The header fields that clients and scripts send most often, in their usual spellings. {@link RequestField} and {@link
 * ResponseField} know their meaning beforehand, so a message with these fields allocates nothing for their names.
 *
 * <p>Stateless.
 */
final class KnownFields {

    /** Spellings; each is also known in lower case. */
    private static final List<String> SPELLINGS = List.of(
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Cache-Control",
            "Connection",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Content-Length",
            "Content-Type",
            "Content-type",
            "Cookie",
            "DNT",
            "Date",
            "ETag",
            "Expires",
            "Host",
            "If-Modified-Since",
            "If-None-Match",
            "Last-Modified",
            "Link",
            "Location",
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
            "Set-Cookie",
            "Status",
            "Transfer-Encoding",
            "Upgrade-Insecure-Requests",
            "User-Agent",
            "Vary",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Powered-By",
            "X-Requested-With");

    /** Lower case. Source: RFC 9110 section 7.6.1. */
    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    private static final int SLOTS = 256; // a power of two
    private static final String[][] BY_SLOT = bySlot();

    private KnownFields() {}

    /** Returns whether a field, in lower case, is about one connection and goes no further, in either direction. */
    static boolean isHopByHop(String lowerCase) {
        return HOP_BY_HOP.contains(lowerCase);
    }

    /**
     * Returns a value for every known spelling.
     *
     * @param value makes the value of a field, given its name in lower case
     */
    static <T> Map<String, T> bySpelling(Function<String, T> value) {
        Map<String, T> values = new HashMap<>();
        for (String spelling : SPELLINGS) {
            String lowerCase = spelling.toLowerCase(Locale.ROOT);
            values.computeIfAbsent(lowerCase, value);
            values.put(spelling, values.get(lowerCase));
        }
        return Map.copyOf(values);
    }

    /**
     * Returns the name that stands in a buffer, as it is spelled there. Allocates nothing if the spelling is known.
     *
     * @param in borrowed for the call
     * @param length at least 1
     */
    static String read(ByteBuf in, int start, int length) {
        for (String known : BY_SLOT[slot(length, in.getByte(start), in.getByte(start + length - 1))]) {
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

    private static String[][] bySlot() {
        List<List<String>> slots = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>());
        }
        for (String spelling : bySpelling(Function.identity()).keySet()) {
            int length = spelling.length();
            slots.get(slot(length, spelling.charAt(0), spelling.charAt(length - 1)))
                    .add(spelling);
        }
        return slots.stream().map(slot -> slot.toArray(String[]::new)).toArray(String[][]::new);
    }

    private static int slot(int length, int first, int last) {
        return (length + 7 * first + 31 * last) & (SLOTS - 1);
    }
}
