/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Optional;

/**
 * What a record is.
 *
 * <p>Source: FastCGI 1.0, section 8 (FCGI_BEGIN_REQUEST to FCGI_UNKNOWN_TYPE).
 */
public enum RecordType {
    /** The web server begins a request. */
    BEGIN_REQUEST(1),
    /** The web server gives a request up. */
    ABORT_REQUEST(2),
    /** The application ends a request. */
    END_REQUEST(3),
    /** Stream of name-value pairs to the application. */
    PARAMS(4),
    /** Stream: the body of the request. */
    STDIN(5),
    /** Stream: the CGI response. */
    STDOUT(6),
    /** Stream: messages for the log. */
    STDERR(7),
    /** Stream: the file of a Filter. */
    DATA(8),
    /** The web server asks what the application can do. */
    GET_VALUES(9),
    /** The answer to that. */
    GET_VALUES_RESULT(10),
    /** The application does not know a management record's type. */
    UNKNOWN_TYPE(11);

    private static final RecordType[] BY_CODE = byCode();

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** Whether its records are pieces of a stream, which an empty record ends (section 3.3). */
    public boolean isStream() {
        return switch (this) {
            case PARAMS, STDIN, STDOUT, STDERR, DATA -> true;
            case BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE -> false;
        };
    }

    /** Whether it is about the application itself, with request id 0, and not about a request (section 3.3). */
    public boolean isManagement() {
        return switch (this) {
            case GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE -> true;
            case BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR, DATA -> false;
        };
    }

    /** The constant with this number on the wire, if there is one. */
    public static Optional<RecordType> ofCode(int code) {
        int index = code - 1;
        return index < 0 || index >= BY_CODE.length ? Optional.empty() : Optional.of(BY_CODE[index]);
    }

    private static RecordType[] byCode() {
        RecordType[] table = new RecordType[11];
        for (RecordType value : values()) {
            table[value.code - 1] = value;
        }
        return table;
    }
}
