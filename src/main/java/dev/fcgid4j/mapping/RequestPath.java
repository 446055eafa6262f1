/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.cgi.TargetUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The path of a request target, percent-decoded once and split into segments.
 *
 * <p>A target is malformed if it has no path, if it has a control character, an encoded slash or a backslash, or if it
 * leads above the root. {@code //} and {@code /./} are removed, and so is {@code ..} with the segment before it.
 *
 * <p>Immutable.
 *
 * @param segments byte strings (one {@code char} is one byte), none empty, none {@code .} or {@code ..}
 * @param endsWithSlash whether the path asks for a directory
 * @param query with its question mark; empty if there is none
 */
record RequestPath(List<String> segments, boolean endsWithSlash, String query) {

    /** Returns a target without its query, as a key of a cache. */
    static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Parses a request target in origin form or absolute form; empty if it is malformed. */
    static Optional<RequestPath> parse(String target) {
        String local = TargetUri.originForm(target);
        String raw = withoutQuery(local);
        String query = local.substring(raw.length());
        if (!raw.startsWith("/")) {
            return Optional.empty();
        }
        List<String> segments = new ArrayList<>();
        boolean slash = false;
        for (String encoded : raw.substring(1).split("/", -1)) {
            Optional<String> decoded = decode(encoded);
            if (decoded.isEmpty()) {
                return Optional.empty();
            }
            String segment = decoded.get();
            slash = segment.isEmpty() || segment.equals(".") || segment.equals("..");
            if (segment.equals("..")) {
                if (segments.isEmpty()) {
                    return Optional.empty();
                }
                segments.remove(segments.size() - 1);
            } else if (!slash) {
                segments.add(segment);
            }
        }
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

    /** Returns this path below other segments. */
    RequestPath below(List<String> others) {
        List<String> all = new ArrayList<>(others);
        all.addAll(segments);
        return new RequestPath(List.copyOf(all), endsWithSlash, query);
    }

    /** Percent-encodes a path for a request target; slashes stay. */
    static String encode(String path) {
        StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || "-._~/!$&'()*+,;=:@".indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    /** Returns the path as a byte string, from a segment on, with its final slash: {@code /x/y/}. */
    String bytes(int from) {
        String path = join(from, segments.size());
        return endsWithSlash ? path + "/" : path;
    }

    /** Returns segments {@code from} to {@code to} as a path that begins with a slash; empty if there is none. */
    String join(int from, int to) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments.subList(from, to)) {
            path.append('/').append(segment);
        }
        return path.toString();
    }
}
