/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The path of a request target, percent-decoded once and cut into segments.
 *
 * <p>Refused: what is no path, NUL and other control characters, encoded slashes and backslashes, and anything that climbs
 * above the root. {@code //} and {@code /./} are folded; {@code ..} is folded where it stays inside.
 *
 * @param segments byte strings, none empty, none {@code .} or {@code ..}
 * @param endsWithSlash whether the path asks for a directory
 * @param query with its question mark; empty when there is none
 */
record RequestPath(List<String> segments, boolean endsWithSlash, String query) {

    /** The path without its query, as a key of a cache. */
    static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Empty when the target must be refused as malformed. */
    static Optional<RequestPath> parse(String target) {
        String raw = withoutQuery(target);
        String query = target.substring(raw.length());
        int authority = raw.startsWith("/") ? -1 : raw.indexOf("://");
        if (authority >= 0) {
            int path = raw.indexOf('/', authority + 3);
            raw = path < 0 ? "/" : raw.substring(path);
        }
        if (!raw.startsWith("/")) {
            return Optional.empty();
        }
        List<String> segments = new ArrayList<>();
        for (String encoded : raw.substring(1).split("/", -1)) {
            Optional<String> decoded = decode(encoded);
            if (decoded.isEmpty()) {
                return Optional.empty();
            }
            String segment = decoded.get();
            if (segment.equals("..")) {
                if (segments.isEmpty()) {
                    return Optional.empty();
                }
                segments.remove(segments.size() - 1);
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        boolean slash = raw.endsWith("/") || raw.endsWith("/.") || raw.endsWith("/..");
        return Optional.of(new RequestPath(List.copyOf(segments), slash, query));
    }

    private static Optional<String> decode(String encoded) {
        StringBuilder decoded = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                int high = i + 2 < encoded.length() ? digit(encoded, i + 1) : -1;
                int low = i + 2 < encoded.length() ? digit(encoded, i + 2) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                c = (char) (high * 16 + low);
                i += 2;
                if (c == '/') {
                    return Optional.empty();
                }
            }
            if (c < 0x20 || c == 0x7f || c == '\\' || c > 0xff) {
                return Optional.empty();
            }
            decoded.append(c);
        }
        return Optional.of(decoded.toString());
    }

    private static int digit(String text, int at) {
        char c = text.charAt(at);
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** This path below others. */
    RequestPath below(List<String> others) {
        List<String> all = new ArrayList<>(others);
        all.addAll(segments);
        return new RequestPath(List.copyOf(all), endsWithSlash, query);
    }

    /** Text of a configuration or a file name as a byte string. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** All of it as decoded text with its final slash, from a segment on: {@code /x/y/}; empty for none. */
    String text(int from) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments.subList(from, segments.size())) {
            path.append('/').append(FileNames.text(segment));
        }
        return endsWithSlash ? path.append('/').toString() : path.toString();
    }

    /** Segments {@code from} to {@code to} as a path that begins with a slash; empty for none. */
    String join(int from, int to) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments.subList(from, to)) {
            path.append('/').append(segment);
        }
        return path.toString();
    }
}
