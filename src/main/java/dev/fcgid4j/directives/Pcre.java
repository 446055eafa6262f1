/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.limits.BoundedPattern;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Compiles Apache's regular expressions and wildcards in Java's dialect.
 *
 * <p>Stateless. Source: pcre2pattern, apr_fnmatch.
 */
final class Pcre {

    private Pcre() {}

    /**
     * Translates a regular expression.
     *
     * @throws PatternSyntaxException if it is not valid, or not known to have the same meaning in Java's dialect
     */
    static String toJava(String regex) {
        return RegexTranslation.translate(regex);
    }

    /**
     * Translates a shell wildcard to a regular expression. No part of it but a slash matches a slash.
     *
     * @throws PatternSyntaxException if it is not valid
     */
    static String wildcard(String glob) {
        return WildcardTranslation.translate(glob);
    }

    /**
     * Compiles a regular expression as httpd does: it is tried on bytes, and a dot matches any.
     *
     * @param regex text; the texts that it is tried on must be byte strings ({@link ByteStrings})
     * @param place file and line of the directive, for messages
     * @throws PatternSyntaxException if it is not valid, not known to mean the same in Java's dialect, or may work without a limit
     */
    static BoundedPattern compile(String regex, boolean ignoreCase, String place) {
        int flags = Pattern.DOTALL | Pattern.UNIX_LINES | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
        return BoundedPattern.compile(toJava(ByteStrings.of(regex)), flags, place);
    }

    /** Compiles a shell wildcard, which is tried on whole byte strings. */
    static BoundedPattern compileWildcard(String glob, String place) {
        return BoundedPattern.compile(wildcard(ByteStrings.of(glob)), Pattern.DOTALL | Pattern.UNIX_LINES, place);
    }
}
