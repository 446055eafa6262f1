/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.util.Locale;
import java.util.Map;

/**
 * The mistakes that Apache answers with 500, and that are warnings here because nothing is opened by them: a missing closing
 * line of {@code <Files>} in a file without a grant. Stateless.
 */
final class KinderThanApache {

    private KinderThanApache() {}

    /** Returns whether a target lies below a {@code .htaccess} with such a mistake. */
    static boolean isAllowed(RandomTree tree, String target) {
        return tree.htaccess().entrySet().stream()
                .filter(file -> target.startsWith(folder(tree, file)))
                .anyMatch(file -> isUnclosed(file.getValue()));
    }

    private static String folder(RandomTree tree, Map.Entry<String, String> file) {
        return "/" + tree.name() + (file.getKey().isEmpty() ? "" : "/" + file.getKey());
    }

    private static boolean isUnclosed(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return count(lower, "<files") > count(lower, "</files")
                && !lower.contains("granted")
                && !lower.contains("allow");
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
