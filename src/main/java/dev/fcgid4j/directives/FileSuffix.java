/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.Locale;

/** The part of a file's name that selects its handler and wrapper. Stateless. */
final class FileSuffix {

    private FileSuffix() {}

    /** Returns the last extension with its dot, in lower case; empty if the name has no dot. */
    static String of(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot < 0 ? "" : fileName.substring(dot).toLowerCase(Locale.ROOT);
    }
}
