/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Optional;

/**
 * How an application ended a request, for the protocol.
 *
 * <p>Source: FastCGI 1.0, section 5.5.
 */
public enum ProtocolStatus {
    /** The application served the request. */
    REQUEST_COMPLETE(0),
    /** The application serves only one request at a time on a connection. */
    CANT_MPX_CONN(1),
    /** The application lacks a resource. */
    OVERLOADED(2),
    /** The application does not play the role. */
    UNKNOWN_ROLE(3);

    private static final ProtocolStatus[] BY_CODE = byCode();

    private final int code;

    ProtocolStatus(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    /** Returns the constant of a number on the wire; empty if there is none. */
    public static Optional<ProtocolStatus> ofCode(int code) {
        int index = code - 0;
        return index < 0 || index >= BY_CODE.length ? Optional.empty() : Optional.of(BY_CODE[index]);
    }

    private static ProtocolStatus[] byCode() {
        ProtocolStatus[] table = new ProtocolStatus[4];
        for (ProtocolStatus value : values()) {
            table[value.code - 0] = value;
        }
        return table;
    }
}
