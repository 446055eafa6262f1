/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Translates a regular expression of PCRE2 to Java's dialect.
 *
 * <p>Contract: what has the same meaning in both dialects is copied, what is written in another way is translated, and
 * everything else is refused. So no expression matches other texts than in httpd without a message.
 *
 * <p>Failures: {@link PatternSyntaxException} for an expression that is not valid, that is not known to mean the same, and
 * that may work for ever without a look at a character ({@link EmptyWork}).
 *
 * <p>Threading: one thread, one object for each translation. Source: pcre2pattern.
 */
final class RegexTranslation {

    /** The deepest nesting of groups in PCRE2. */
    private static final int MAX_DEPTH = 250;

    private static final Pattern NAME = Pattern.compile("(?:P?<([A-Za-z_][A-Za-z0-9_]{0,31})>|'([A-Za-z_]\\w{0,31})')");

    private static final Pattern FLAGS = Pattern.compile("[ims]*+(?:-[ims]++)?([:)])");

    private final RegexText text;
    private final RegexGroups groups = new RegexGroups();
    private int depth;

    private RegexTranslation(String regex) {
        this.text = new RegexText(regex);
    }

    /** Translates an expression. */
    static String translate(String regex) {
        RegexTranslation translation = new RegexTranslation(regex);
        translation.alternatives(false);
        if (translation.text.more()) {
            throw translation.text.mistake("a closing parenthesis without an opening one");
        }
        return translation.text.java.toString();
    }

    private RegexPart alternatives(boolean lookbehind) {
        RegexPart all = sequence(lookbehind);
        while (text.skip("|")) {
            text.java.append('|');
            all = all.or(sequence(lookbehind));
        }
        text.checkWork(all.work().isTooMuch());
        return all;
    }

    private RegexPart sequence(boolean lookbehind) {
        RegexPart all = RegexPart.NOTHING;
        while (text.more() && text.peek() != '|' && text.peek() != ')') {
            all = all.then(RegexQuantifier.quantified(text, element()));
            text.checkWork(all.work().isTooMuch());
        }
        if (lookbehind && all.min() != all.max()) {
            throw text.mistake("a lookbehind of variable length");
        }
        return all;
    }

    // ---- elements -------------------------------------------------------------------------------------------------

    private RegexPart element() {
        char c = text.peek();
        switch (c) {
            case '\\' -> {
                return escaped();
            }
            case '[' -> RegexClass.translate(text);
            case '(' -> {
                return group();
            }
            case '^', '$' -> {
                text.java.append(c);
                text.at++;
                return RegexPart.ANCHOR;
            }
            case '*', '+', '?' -> throw text.mistake("a quantifier behind nothing that can be repeated");
            default -> {
                if (c == '{' && RegexQuantifier.isCount(text)) {
                    throw text.mistake("a quantifier behind nothing that can be repeated");
                }
                if (c == '.') {
                    text.java.append(c);
                } else {
                    text.literal(c);
                }
                text.at++;
            }
        }
        return RegexPart.CHARACTER;
    }

    private RegexPart escaped() {
        if (text.skip("\\Q")) {
            return quoted();
        }
        if (RegexEscapes.assertion(text)) {
            return RegexPart.ANCHOR;
        }
        char digit = text.peek(1);
        if (digit >= '1' && digit <= '9' && groups.reference(text)) {
            return new RegexPart(EmptyWork.REFERENCE, 0, Integer.MAX_VALUE, 1, true);
        }
        if (!RegexEscapes.set(text)) {
            text.literal(RegexEscapes.character(text));
        }
        return RegexPart.CHARACTER;
    }

    /** Translates from behind {@code \Q} to behind {@code \E}; a quantifier behind that is for the last character. */
    private RegexPart quoted() {
        int end = text.source.indexOf("\\E", text.at);
        int stop = end < 0 ? text.source.length() : end;
        if (stop == text.at) {
            throw text.mistake("an empty quotation");
        }
        RegexPart all = RegexPart.NOTHING;
        while (text.at < stop - 1) {
            text.literal(text.source.charAt(text.at++));
            all = all.then(RegexPart.CHARACTER);
        }
        text.literal(text.source.charAt(text.at));
        text.at = end < 0 ? stop : stop + 2;
        return all.then(RegexQuantifier.quantified(text, RegexPart.CHARACTER));
    }

    // ---- groups ---------------------------------------------------------------------------------------------------

    private RegexPart group() {
        text.at++;
        if (text.peek() == '*') {
            throw text.mistake("(*");
        }
        if (!text.skip("?")) {
            text.java.append('(');
            return captured();
        }
        for (String kind : new String[] {"=", "!", "<=", "<!"}) {
            if (text.skip(kind)) {
                text.java.append("(?").append(kind);
                RegexPart body = close(kind.startsWith("<"));
                return new RegexPart(body.work().asserted(), 0, 0, body.product(), false);
            }
        }
        if (text.skip(">")) {
            text.java.append("(?>");
            RegexPart body = close(false);
            return new RegexPart(body.work().once(), body.min(), body.max(), body.product(), true);
        }
        Matcher name = NAME.matcher(text.source).region(text.at, text.source.length());
        if (name.lookingAt()) {
            if (!groups.addName(name.group(1) == null ? name.group(2) : name.group(1))) {
                throw text.mistake("two groups with one name");
            }
            text.at = name.end();
            text.java.append('(');
            return captured();
        }
        return flags();
    }

    private RegexPart captured() {
        int number = groups.begin();
        RegexPart body = close(false);
        groups.end(number);
        return body;
    }

    /** Translates flags such as {@code (?i)}, and groups such as {@code (?i:x)} and {@code (?:x)}. */
    private RegexPart flags() {
        Matcher flags = FLAGS.matcher(text.source).region(text.at, text.source.length());
        if (!flags.lookingAt()) {
            throw text.mistake("this kind of group or flag");
        }
        text.java.append("(?").append(flags.group());
        text.at = flags.end();
        return flags.group(1).equals(")") ? RegexPart.NOTHING : close(false);
    }

    /** Translates the content of a group and its closing parenthesis. */
    private RegexPart close(boolean lookbehind) {
        if (++depth > MAX_DEPTH) {
            throw text.mistake("a group inside more than " + MAX_DEPTH + " others");
        }
        RegexPart body = alternatives(lookbehind);
        depth--;
        if (!text.skip(")")) {
            throw text.mistake("a group without its closing parenthesis");
        }
        text.java.append(')');
        return new RegexPart(body.work(), body.min(), body.max(), body.product(), true);
    }
}
