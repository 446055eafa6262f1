/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import dev.fcgid4j.failure.ScriptOutputException;
import java.util.ArrayList;
import java.util.HashSet;
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
 *   <li>Hop-by-hop fields, and those that Connection names, are dropped: how the connection is used is the server's business.
 * </ul>
 *
 * <p>Source: RFC 3875 sections 6.2 and 6.3.
 */
final class HeaderBlock {

    private final List<Map.Entry<String, String>> kept;
    private final List<String> watch = new ArrayList<>(0);
    private Set<String> hopByHop = Set.of(); // hardly anybody sends any
    private String status = "";
    private String location = "";
    private long length = -1;

    private HeaderBlock(int fields) {
        this.kept = new ArrayList<>(fields);
    }

    static CgiResponse interpret(List<Map.Entry<String, String>> fields) {
        HeaderBlock rules = new HeaderBlock(fields.size());
        for (Map.Entry<String, String> field : fields) {
            rules.take(field);
        }
        return rules.result();
    }

    private void take(Map.Entry<String, String> field) {
        ResponseField name = ResponseField.of(field.getKey());
        switch (name.kind()) {
            case PASSED -> kept.add(field);
            case LAST_COUNTS -> keepLast(field);
            case STATUS -> status = field.getValue();
            case LOCATION -> {
                location = field.getValue();
                keepLast(field);
            }
            case CONTENT_LENGTH -> takeLength(number(field.getValue()));
            case WATCH -> watch.add(field.getValue());
            case CONNECTION -> takeConnection(field.getValue());
            case DROPPED -> {}
        }
    }

    private void keepLast(Map.Entry<String, String> field) {
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).getKey().equalsIgnoreCase(field.getKey())) {
                kept.remove(i);
                break;
            }
        }
        kept.add(field);
    }

    private void takeLength(long value) {
        if (length >= 0 && length != value) {
            throw new ScriptOutputException("the script sent two different Content-Length headers");
        }
        length = value;
    }

    /** Fields that the script's own Connection field declares to be about its connection. */
    private void takeConnection(String value) {
        if (hopByHop.isEmpty()) {
            hopByHop = new HashSet<>();
        }
        for (String each : value.split(",", -1)) {
            ResponseField name = ResponseField.of(each.strip());
            // Without the others the response would be another one.
            if (name.kind() == ResponseField.Kind.PASSED && !name.lowerCase().equals("set-cookie")) {
                hopByHop.add(name.lowerCase());
            }
        }
    }

    private CgiResponse result() {
        int code = status.isEmpty() ? 200 : statusCode(status);
        if (!location.isEmpty() && code == 200) {
            if (location.startsWith("/") && !location.startsWith("//")) {
                return new CgiResponse.LocalRedirect(location, watch);
            }
            code = 302;
            status = "302 Found";
        }
        if (!hopByHop.isEmpty()) {
            kept.removeIf(field -> hopByHop.contains(field.getKey().toLowerCase(Locale.ROOT)));
        }
        String reason = status.length() > 4 ? status.substring(4).strip() : "";
        return new CgiResponse.Document(
                code, reason, new CgiHeaders(kept), length < 0 ? OptionalLong.empty() : OptionalLong.of(length), watch);
    }

    private static int statusCode(String status) {
        boolean threeDigits =
                status.length() >= 3 && isDigits(status, 3) && (status.length() == 3 || status.charAt(3) == ' ');
        int code = threeDigits ? Integer.parseInt(status.substring(0, 3)) : 0;
        if (code < 200 || code > 599) {
            throw new ScriptOutputException("the script sent the status \"" + printable(status)
                    + "\": expected a number from 200 to 599, then words");
        }
        return code;
    }

    private static long number(String text) {
        if (text.isEmpty() || text.length() > 18 || !isDigits(text, text.length())) {
            throw new ScriptOutputException(
                    "the script sent Content-Length \"" + printable(text) + "\": expected a number of bytes");
        }
        return Long.parseLong(text);
    }

    private static boolean isDigits(String text, int length) {
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static String printable(String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return cut.replaceAll("[^ -~…]", "?");
    }
}
