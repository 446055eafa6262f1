/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.limits.BoundedPattern;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Translates Apache's regular expressions and wildcards to Java's dialect.
 *
 * <p>Java differs in three points. Inside a character class, POSIX names such as {@code [:alpha:]} are written another
 * way. There, {@code [} and {@code &&} begin a nested class; in Apache they are plain characters. An opening brace that
 * begins no count is an error; in Apache it is a plain character.
 *
 * <p>Threading: one thread, one object for each translation; the static methods are thread-safe. Source: pcre2pattern,
 * fnmatch(3).
 */
final class Pcre {

    private static final Map<String, String> POSIX = Map.ofEntries(
            Map.entry("alpha", "\\p{Alpha}"),
            Map.entry("digit", "\\p{Digit}"),
            Map.entry("alnum", "\\p{Alnum}"),
            Map.entry("upper", "\\p{Upper}"),
            Map.entry("lower", "\\p{Lower}"),
            Map.entry("punct", "\\p{Punct}"),
            Map.entry("space", "\\s"),
            Map.entry("blank", "\\p{Blank}"),
            Map.entry("cntrl", "\\p{Cntrl}"),
            Map.entry("graph", "\\p{Graph}"),
            Map.entry("print", "\\p{Print}"),
            Map.entry("xdigit", "\\p{XDigit}"),
            Map.entry("word", "\\w"));

    /** A count; its digits are taken without backtracking. */
    private static final Pattern COUNT = Pattern.compile("\\{[0-9]++(?:,[0-9]*+)?}");

    private final String source;
    private final StringBuilder java = new StringBuilder();
    private int at;
    private boolean unknownClass; // such as [:nonsense:], which is an error in Apache

    private Pcre(String source) {
        this.source = source;
    }

    /** Translates a regular expression. An invalid one stays invalid, so that Java reports it. */
    static String toJava(String regex) {
        return new Pcre(regex).regex();
    }

    /** Translates a shell wildcard to a regular expression. {@code *} and {@code ?} don't match a slash. */
    static String wildcard(String glob) {
        return new Pcre(glob).glob();
    }

    /**
     * Compiles a regular expression as httpd does: it is tried on bytes, and a dot matches any.
     *
     * @param regex text; the texts that it is tried on must be byte strings ({@link ByteStrings})
     * @param place file and line of the directive, for messages
     * @throws PatternSyntaxException if it is not valid in both dialects
     */
    static BoundedPattern compile(String regex, boolean ignoreCase, String place) {
        int flags = Pattern.DOTALL | Pattern.UNIX_LINES | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
        return BoundedPattern.compile(toJava(ByteStrings.of(regex)), flags, place);
    }

    /** Compiles a shell wildcard, which is tried on whole byte strings. */
    static BoundedPattern compileWildcard(String glob, String place) {
        return BoundedPattern.compile(wildcard(ByteStrings.of(glob)), Pattern.DOTALL | Pattern.UNIX_LINES, place);
    }

    private String regex() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '\\') {
                escaped();
            } else if (c == '[') {
                characterClass("^");
            } else if (source.startsWith("(?P", at) && at + 3 < source.length() && source.charAt(at + 3) == '<') {
                java.append("(?");
                at += 3;
            } else {
                java.append(c == '{' && !count() ? "\\{" : c);
                at++;
            }
        }
        return unknownClass ? "[" : java.toString();
    }

    /** Returns whether a count such as {@code {2,3}} stands here. */
    private boolean count() {
        return COUNT.matcher(source).region(at, source.length()).lookingAt();
    }

    private String glob() {
        while (at < source.length()) {
            char c = source.charAt(at);
            switch (c) {
                case '*' -> java.append("[^/]*");
                case '?' -> java.append("[^/]");
                case '[' -> {
                    characterClass("!^");
                    continue;
                }
                case '\\' -> {
                    at = Math.min(at + 1, source.length() - 1);
                    literal(source.charAt(at));
                }
                default -> literal(c);
            }
            at++;
        }
        return java.toString();
    }

    private void literal(char c) {
        java.append(Character.isLetterOrDigit(c) || c > 0x7f ? "" : "\\").append(c);
    }

    private void escaped() {
        if (source.startsWith("\\Q", at)) { // quotes up to \E; Java knows it too
            int end = source.indexOf("\\E", at);
            int next = end < 0 ? source.length() : end + 2;
            java.append(source, at, next);
            at = next;
            return;
        }
        int next = Math.min(at + 2, source.length());
        java.append(source, at, next);
        at = next;
    }

    /** Translates from an opening bracket to behind the closing one. */
    private void characterClass(String negations) {
        java.append('[');
        at++;
        if (at < source.length() && negations.indexOf(source.charAt(at)) >= 0) {
            java.append('^');
            at++;
        }
        boolean first = true;
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == ']' && !first) {
                java.append(']');
                at++;
                return;
            }
            first = false;
            if (c == '\\') {
                escaped();
            } else if (!(c == '[' && posix())) {
                java.append("[]&^".indexOf(c) >= 0 ? "\\" : "").append(c);
                at++;
            }
        }
    }

    /** Translates {@code [:name:]} if it stands here, and returns whether it does. */
    private boolean posix() {
        int end = source.indexOf(":]", at);
        if (!source.startsWith("[:", at) || end < 0) {
            return false;
        }
        boolean negated = source.startsWith("[:^", at);
        String name = source.substring(at + (negated ? 3 : 2), end);
        String known = POSIX.get(name);
        if (known == null) {
            unknownClass |= name.matches("[a-z]+");
            return false;
        }
        java.append(negated ? known.replace("\\p", "\\P").replace("\\s", "\\S").replace("\\w", "\\W") : known);
        at = end + 2;
        return true;
    }
}
