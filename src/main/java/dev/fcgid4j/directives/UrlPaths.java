/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * What a client asks for, as sections and rules compare it: decoded text.
 *
 * @param url the whole path, what is left for a script and a final slash included; {@code /} for the root
 * @param file the same below the directory that is served, as if all of it were file names
 */
public record UrlPaths(String url, String file) {

    /** The same with another last name. */
    public UrlPaths named(String name) {
        return new UrlPaths(replaced(url, name), replaced(file, name));
    }

    private static String replaced(String path, String name) {
        return path.substring(0, path.lastIndexOf('/') + 1) + name;
    }
}
