/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Optional;

/**
 * What an application is asked to be.
 *
 * <p>Source: FastCGI 1.0, section 6.
 */
public enum Role {
    /** Answers a request as a CGI program does. */
    RESPONDER(1),
    /** Decides whether a request may go on. */
    AUTHORIZER(2),
    /** Answers a request from a file that it is sent. */
    FILTER(3);

    private static final Role[] BY_CODE = byCode();

    private final int code;

    Role(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The constant with this number on the wire, if there is one. */
    public static Optional<Role> ofCode(int code) {
        int index = code - 1;
        return index < 0 || index >= BY_CODE.length ? Optional.empty() : Optional.of(BY_CODE[index]);
    }

    private static Role[] byCode() {
        Role[] table = new Role[3];
        for (Role value : values()) {
            table[value.code - 1] = value;
        }
        return table;
    }
}
