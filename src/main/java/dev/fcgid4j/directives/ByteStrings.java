/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.nio.charset.StandardCharsets;

/**
 * Byte strings: the UTF-8 bytes of a text, one {@code char} for each. httpd compares bytes, so that {@code ..} matches a
 * single character of two bytes. Stateless.
 */
public final class ByteStrings {

    private ByteStrings() {}

    /** Returns the byte string of a text. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }
}
