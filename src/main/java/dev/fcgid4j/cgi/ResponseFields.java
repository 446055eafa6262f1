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
 * Turns the header fields of a script into a {@link CgiResponse}.
 *
 * <ul>
 *   <li>{@code Location: /path} without another status than 200 is a local redirect. So is {@code Location: //host/path},
 *       whose first segment is empty: passed on, it would send the client to another host (an open redirect). Any other
 *       Location without a status is a 302 for the client. With a status of its own, Location is passed on as it is.
 *   <li>Of Content-Type, ETag and the like, the last one counts. Two different lengths are refused.
 *   <li>X-Fcgid-Watch names files that the script depends on; the client does not get it.
 *   <li>Hop-by-hop fields, and those that Connection names, are dropped: the server decides how the connection is used.
 * </ul>
 *
 * <p>Threading: one thread, one use. Source: RFC 3875 sections 6.2 and 6.3.
 */
final class ResponseFields {

    private static final int OK = 200;
    private static final int FOUND = 302;

    private final List<Map.Entry<String, String>> passed;
    private final List<String> watch = new ArrayList<>(0);
    private Set<String> namedByConnection = Set.of(); // most scripts send no Connection
    private String status = "";
    private String location = "";
    private long length = -1;

    private ResponseFields(int count) {
        this.passed = new ArrayList<>(count);
    }

    /**
     * Interprets the fields of a complete header block.
     *
     * @throws ScriptOutputException for an unusable status or length
     */
    static CgiResponse interpret(List<Map.Entry<String, String>> fields) {
        ResponseFields response = new ResponseFields(fields.size());
        for (Map.Entry<String, String> field : fields) {
            response.take(field);
        }
        return response.result();
    }

    /** Whether the status of a complete header block is from 100 to 199, but not 101: another block follows. */
    static boolean isInformational(List<Map.Entry<String, String>> fields) {
        boolean informational = false;
        for (Map.Entry<String, String> field : fields) {
            if (ResponseField.of(field.getKey()).kind() == ResponseField.Kind.STATUS) {
                String status = field.getValue();
                informational = isThreeDigits(status) && status.startsWith("1") && !status.startsWith("101");
            }
        }
        return informational;
    }

    /** The fields of a header block that name files which the script depends on. */
    static List<Map.Entry<String, String>> watching(List<Map.Entry<String, String>> fields) {
        return fields.stream()
                .filter(field -> ResponseField.of(field.getKey()).kind() == ResponseField.Kind.WATCH)
                .toList();
    }

    private void take(Map.Entry<String, String> field) {
        switch (ResponseField.of(field.getKey()).kind()) {
            case PASSED -> passed.add(field);
            case LAST_COUNTS -> passLast(field);
            case STATUS -> status = field.getValue();
            case LOCATION -> {
                location = field.getValue();
                passLast(field);
            }
            case CONTENT_LENGTH -> takeLength(number(field.getValue()));
            case WATCH -> watch.add(field.getValue());
            case CONNECTION -> takeConnection(field.getValue());
            case DROPPED -> {}
        }
    }

    private void passLast(Map.Entry<String, String> field) {
        for (int i = 0; i < passed.size(); i++) {
            if (passed.get(i).getKey().equalsIgnoreCase(field.getKey())) {
                passed.remove(i);
                break;
            }
        }
        passed.add(field);
    }

    private void takeLength(long value) {
        if (length >= 0 && length != value) {
            throw new ScriptOutputException("the script sent two different Content-Length headers");
        }
        length = value;
    }

    /** Takes the names of fields that the script declares to be about its connection. */
    private void takeConnection(String value) {
        if (namedByConnection.isEmpty()) {
            namedByConnection = new HashSet<>();
        }
        for (String name : value.split(",", -1)) {
            ResponseField field = ResponseField.of(name.strip());
            // Without a field of another kind the response would have another meaning.
            if (field.kind() == ResponseField.Kind.PASSED && !field.lowerCase().equals("set-cookie")) {
                namedByConnection.add(field.lowerCase());
            }
        }
    }

    private CgiResponse result() {
        int code = status.isEmpty() ? OK : statusCode(status);
        if (!location.isEmpty() && code == OK) {
            if (location.startsWith("/")) {
                return new CgiResponse.LocalRedirect(location, watch);
            }
            code = FOUND;
            status = "302 Found";
        }
        if (!namedByConnection.isEmpty()) {
            passed.removeIf(field -> namedByConnection.contains(field.getKey().toLowerCase(Locale.ROOT)));
        }
        String reason = status.length() > 4 ? status.substring(4).strip() : "";
        OptionalLong contentLength = length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
        return new CgiResponse.Document(code, reason, new CgiHeaders(passed), contentLength, watch);
    }

    private static int statusCode(String status) {
        int code = isThreeDigits(status) ? Integer.parseInt(status.substring(0, 3)) : 0;
        if (code < 200 || code > 599) {
            throw new ScriptOutputException("the script sent the status \"" + printable(status)
                    + "\": expected a number from 200 to 599, then words");
        }
        return code;
    }

    private static boolean isThreeDigits(String status) {
        return status.length() >= 3 && isDigits(status, 3) && (status.length() == 3 || status.charAt(3) == ' ');
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
