/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import dev.fcgid4j.failure.ScriptOutputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a complete header block means.
 *
 * <ul>
 *   <li>{@code Location: /path} without another status than 200: a local redirect. Any other Location without a status:
 *       a 302 for the client. With a status of its own it is passed on as it is.
 *   <li>Content-Type, Content-Length, ETag and the like: the last one counts; two different lengths are refused.
 *   <li>X-Fcgid-Watch names files that the script depends on, and stays here.
 *   <li>Hop-by-hop fields are dropped: how the connection is used is the server's business.
 * </ul>
 *
 * <p>Source: RFC 3875 sections 6.2 and 6.3.
 */
final class ResponseRules {

    private static final Set<String> DROPPED =
            Set.of("status", "content-length", "proxy-authenticate", "proxy-authorization", "x-fcgid-watch");

    private static final Set<String> LAST_COUNTS =
            Set.of("content-type", "location", "etag", "last-modified", "content-range", "content-encoding", "date");

    private ResponseRules() {}

    static CgiResponse interpret(List<Map.Entry<String, String>> fields) {
        CgiHeaders all = new CgiHeaders(fields);
        String status = all.last("Status").orElse("");
        int code = status.isEmpty() ? 200 : statusCode(status);
        String location = all.last("Location").orElse("");
        if (!location.isEmpty() && code == 200) {
            if (location.startsWith("/") && !location.startsWith("//")) {
                return new CgiResponse.LocalRedirect(location, watch(fields));
            }
            code = 302;
            status = "302 Found";
        }
        String reason = status.length() > 4 ? status.substring(4).strip() : "";
        return new CgiResponse.Document(code, reason, passedOn(fields), contentLength(fields), watch(fields));
    }

    private static List<String> watch(List<Map.Entry<String, String>> fields) {
        return fields.stream()
                .filter(field -> field.getKey().equalsIgnoreCase("x-fcgid-watch"))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static int statusCode(String status) {
        boolean threeDigits = status.length() >= 3
                && status.chars().limit(3).allMatch(c -> c >= '0' && c <= '9')
                && (status.length() == 3 || status.charAt(3) == ' ');
        int code = threeDigits ? Integer.parseInt(status.substring(0, 3)) : 0;
        if (code < 200 || code > 599) {
            throw new ScriptOutputException("the script sent the status \"" + printable(status)
                    + "\": expected a number from 200 to 599, then words");
        }
        return code;
    }

    private static CgiHeaders passedOn(List<Map.Entry<String, String>> fields) {
        List<Map.Entry<String, String>> kept = new ArrayList<>(fields.size());
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (DROPPED.contains(name) || HopByHop.NAMES.contains(name)) {
                continue;
            }
            if (LAST_COUNTS.contains(name)) {
                kept.removeIf(other -> other.getKey().equalsIgnoreCase(name));
            }
            kept.add(field);
        }
        return new CgiHeaders(kept);
    }

    private static OptionalLong contentLength(List<Map.Entry<String, String>> fields) {
        OptionalLong length = OptionalLong.empty();
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equalsIgnoreCase("content-length")) {
                long value = number(field.getValue());
                if (length.isPresent() && length.getAsLong() != value) {
                    throw new ScriptOutputException("the script sent two different Content-Length headers");
                }
                length = OptionalLong.of(value);
            }
        }
        return length;
    }

    private static long number(String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ScriptOutputException(
                    "the script sent Content-Length \"" + printable(text) + "\": expected a number of bytes");
        }
        return Long.parseLong(text);
    }

    private static String printable(String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return cut.replaceAll("[^ -~…]", "?");
    }
}
