/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Optional;

/**
 * The role that an application plays for a request.
 *
 * <p>Source: FastCGI 1.0, section 6.
 */
public enum Role {
    /** Answers a request as a CGI program does. */
    RESPONDER(1),
    /** Decides whether a request is permitted. */
    AUTHORIZER(2),
    /** Answers a request by filtering a file that the web server sends. */
    FILTER(3);

    private static final Role[] BY_CODE = byCode();

    private final int code;

    Role(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    /** Returns the constant of a number on the wire; empty if there is none. */
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
