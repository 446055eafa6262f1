/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What the arguments of sections match: shell wildcards, path prefixes, regular expressions. */
final class Patterns {

    private Patterns() {}

    /** {@code <Files x>}, {@code <Files ~ regex>}, {@code <FilesMatch regex>}: a file's name. */
    static Predicate<String> file(Node.Section section) {
        return section.key().endsWith("match") || tilde(section) ? regex(section) : wildcard(section, single(section));
    }

    /** {@code <Directory /path>} and everything below it; wildcards don't match a slash. */
    static Predicate<String> directory(Node.Section section) {
        return section.key().endsWith("match") || tilde(section) ? regex(section) : pathPrefix(section);
    }

    /** {@code <Location /path>} and everything below it. */
    static Predicate<String> location(Node.Section section) {
        return directory(section);
    }

    private static boolean tilde(Node.Section section) {
        return section.args().size() == 2 && section.args().get(0).equals("~");
    }

    private static Predicate<String> regex(Node.Section section) {
        List<String> args = section.args();
        try {
            return Pattern.compile(args.get(args.size() - 1)).asPredicate();
        } catch (PatternSyntaxException e) {
            throw section.mistake("not a regular expression: " + e.getDescription());
        } catch (IndexOutOfBoundsException e) {
            throw section.mistake("expected a regular expression");
        }
    }

    private static String single(Node.Section section) {
        if (section.args().size() != 1) {
            throw section.mistake(
                    "expected one pattern, found " + section.args().size());
        }
        return section.args().get(0);
    }

    private static Predicate<String> pathPrefix(Node.Section section) {
        String path = single(section);
        String bare = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (bare.equals("/")) {
            return any -> true;
        }
        Pattern pattern = glob(section, bare);
        return name -> pattern.matcher(name).lookingAt() && boundary(pattern, name);
    }

    private static boolean boundary(Pattern pattern, String name) {
        for (int end = name.length(); end > 0; end = name.lastIndexOf('/', end - 1)) {
            if (pattern.matcher(name.substring(0, end)).matches()) {
                return true;
            }
        }
        return false;
    }

    private static Predicate<String> wildcard(Node.Section section, String glob) {
        return glob(section, glob).asMatchPredicate();
    }

    private static Pattern glob(Node.Section section, String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append("[^/]*");
                case '?' -> regex.append("[^/]");
                case '[', ']' -> regex.append(c);
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString());
        } catch (PatternSyntaxException e) {
            throw section.mistake("not a pattern: " + glob);
        }
    }
}
