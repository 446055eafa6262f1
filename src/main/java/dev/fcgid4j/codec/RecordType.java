/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Optional;

/**
 * The type of a record.
 *
 * <p>Source: FastCGI 1.0, section 8 (FCGI_BEGIN_REQUEST to FCGI_UNKNOWN_TYPE).
 */
public enum RecordType {
    /** The web server begins a request. */
    BEGIN_REQUEST(1),
    /** The web server aborts a request. */
    ABORT_REQUEST(2),
    /** The application ends a request. */
    END_REQUEST(3),
    /** Stream: the name-value pairs of the request. */
    PARAMS(4),
    /** Stream: the body of the request. */
    STDIN(5),
    /** Stream: the CGI response. */
    STDOUT(6),
    /** Stream: messages for the log. */
    STDERR(7),
    /** Stream: the file of a Filter. */
    DATA(8),
    /** The web server asks the application for values. */
    GET_VALUES(9),
    /** The application answers with values. */
    GET_VALUES_RESULT(10),
    /** The application does not know the type of a management record. */
    UNKNOWN_TYPE(11);

    private static final RecordType[] BY_CODE = byCode();

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    /** Returns whether records of this type are pieces of a stream, which an empty record ends (section 3.3). */
    public boolean isStream() {
        return switch (this) {
            case PARAMS, STDIN, STDOUT, STDERR, DATA -> true;
            case BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE -> false;
        };
    }

    /** Returns whether records of this type are about the application itself, with request id 0 (section 3.3). */
    public boolean isManagement() {
        return switch (this) {
            case GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE -> true;
            case BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR, DATA -> false;
        };
    }

    /** Returns the constant of a number on the wire; empty if there is none. */
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
