/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * The path of a request in the two forms that sections and directives compare: decoded byte strings ({@link ByteStrings}).
 *
 * @param url the whole URL path, with the PATH_INFO of a script and a final slash; {@code /} for the root
 * @param file the file path: the served directory, then the rest of the URL path as if all of it were file names
 */
public record UrlPaths(String url, String file) {

    /** Returns the paths with another last name, which is text. */
    public UrlPaths named(String name) {
        String bytes = ByteStrings.of(name);
        return new UrlPaths(replaced(url, bytes), replaced(file, bytes));
    }

    private static String replaced(String path, String name) {
        return path.substring(0, path.lastIndexOf('/') + 1) + name;
    }
}
