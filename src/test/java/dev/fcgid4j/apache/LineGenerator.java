/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Draws valid lines of a configuration from the grammar of docs/configuration.md. Each line that a {@code .htaccess} may not
 * use under its AllowOverride is marked as one for fcgid4j alone ({@link RandomTree#OURS}).
 */
final class LineGenerator {

    static final Set<String> ALL = Set.of("AuthConfig", "Limit", "FileInfo", "Options", "Indexes");

    private static final List<String> NAMES = List.of(
            "x.txt",
            "*.txt",
            "a.foo",
            "*.foo",
            "*",
            "?.rb",
            "b.*",
            "[ax].*",
            "[!x]*",
            "index.html",
            "sub",
            "deep",
            "l.txt",
            "\u00e9.txt",
            "??.txt",
            "X.TXT",
            "*.html",
            "x\\.txt");
    private static final List<String> NAME_EXPRESSIONS = List.of(
            "^x",
            "\\.txt$",
            "foo",
            "^$",
            "^(|index\\.html)$",
            "^.{5}$",
            "[[:alpha:]]\\.(rb|foo)$",
            "^[^x]",
            "(?i)\\.TXT$",
            "^..\\.txt$",
            ".*",
            "\\\\.foo$",
            "^sub$",
            "^\u00e9");

    private final Random random;
    private final Set<String> permitted;

    /**
     * Creates a generator.
     *
     * @param permitted the words of AllowOverride; all for the server's file
     */
    LineGenerator(Random random, Set<String> permitted) {
        this.random = random;
        this.permitted = permitted;
    }

    String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Returns some lines. */
    String lines(int depth) {
        StringBuilder lines = new StringBuilder();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            lines.append(depth > 0 && chance(45) ? section(depth - 1) : line());
        }
        return lines.toString();
    }

    /** Returns one directive, or a block of {@code Require}. */
    String line() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> group("AuthConfig", pick("Require all granted\n", "Require all denied\n"));
            case 3, 4 -> group("AuthConfig", requires());
            case 5, 6 -> group("Limit", orders());
            case 7, 8 ->
                group("FileInfo", "AddHandler " + pick("fcgid-script ", "fcgid-script ", "x-other ") + suffix() + "\n");
            case 9 ->
                group(
                        "FileInfo",
                        "SetHandler " + pick("fcgid-script", "fcgid-script", "none", "default-handler") + "\n");
            case 10 -> group("FileInfo", "RemoveHandler " + suffix() + "\n");
            case 11, 12 ->
                group(
                        "Options",
                        "Options "
                                + pick(
                                        "None",
                                        "-ExecCGI",
                                        "+ExecCGI",
                                        "-FollowSymLinks",
                                        "+FollowSymLinks",
                                        "Indexes",
                                        "FollowSymLinks",
                                        "FollowSymLinks ExecCGI",
                                        "-Indexes +ExecCGI")
                                + "\n");
            case 13 ->
                group(
                        "FileInfo",
                        pick(
                                "Redirect 404 URL/sub\n",
                                "Redirect gone URL/x.txt\n",
                                "RedirectMatch 403 \"^URL/.*\\.foo$\"\n",
                                "RedirectMatch 404 /deep/\n"));
            case 14 ->
                group(
                        "FileInfo",
                        "RewriteEngine On\nRewriteRule " + pick("^x", "foo$", "^sub/", "!txt$", "^$") + " - ["
                                + pick("F", "G", "R=404,L") + "]\n");
            case 15 -> group("FileInfo", "AcceptPathInfo " + pick("Off", "On", "Default") + "\n");
            case 16 ->
                group(
                        "Indexes",
                        "DirectoryIndex " + pick("x.txt", "b.rb index.html", "index.html", "none x.txt") + "\n");
            case 17 ->
                group(
                        "AuthConfig",
                        "AuthMerging " + pick("And", "Off", "Or") + "\nRequire all " + pick("granted", "denied")
                                + "\n");
            case 18 ->
                RandomTree.OURS + pick("php_value a b", "ExpiresActive On", "SecRuleEngine Off", "PassengerEnabled on")
                        + "\n";
            default ->
                chance(50)
                        ? group("FileInfo", "SetEnv A b\n")
                        : pick("# a comment\n", "\n", "  \t\n", RandomTree.OURS + "AddDefaultCharset utf-8\n");
        };
    }

    private String suffix() {
        return pick(".foo", "rb", ".txt", ".foo .rb", ".html");
    }

    private String requires() {
        String block = pick(
                "<RequireAll>\nRequire all granted\nREQ</RequireAll>\n",
                "<RequireAny>\nREQREQ</RequireAny>\n",
                "<RequireAll>\nREQ<RequireNone>\nREQ</RequireNone>\n</RequireAll>\n",
                "<RequireAll>\nRequire all granted\nRequire not ip 10.9.9.9\n</RequireAll>\n",
                "REQREQ",
                "<RequireAny>\n<RequireAll>\nREQREQ</RequireAll>\nREQ</RequireAny>\n");
        while (block.contains("REQ")) {
            block = block.replaceFirst(
                    "REQ",
                    pick(
                                    "Require all granted\n",
                                    "Require all denied\n",
                                    "Require ip 10.9.9.9\n",
                                    "Require local\n",
                                    "require all Granted\n",
                                    "Require env SECRET\n")
                            .replace("REQ", ""));
            if (!block.contains("REQ")) {
                break;
            }
        }
        return block;
    }

    private String orders() {
        return pick("Order deny,allow\n", "Order allow,deny\n", "Order Deny,Allow\n", "")
                + pick("Allow from all\n", "", "Allow from 10.9.9.9\n")
                + pick("Deny from all\n", "", "", "Deny from 10.9.9.9\n")
                + "Allow from 10.9.9.8\n";
    }

    /** Returns a section that may stand in {@code .htaccess} and in {@code <Directory>}. */
    String section(int depth) {
        if (chance(60)) {
            return files(depth);
        }
        String inner = lines(depth);
        return switch (random.nextInt(8)) {
            case 0 -> block("IfModule " + pick("mod_fcgid.c", "fcgid_module", "mod_mime.c", "core.c"), inner);
            case 1 ->
                block("IfModule " + pick("!mod_headers.c", "!mod_nothing.c", "!MOD_MIME.C", "!mod_rewrite.c"), inner);
            case 2 -> block("IfModule " + pick("mod_headers.c", "mod_nothing.c", "MOD_MIME.C", "!mod_mime.c"), inner);
            case 3 ->
                block(
                        "IfVersion "
                                + pick(
                                        ">= 2.4",
                                        "< 2.4",
                                        "= 2.4",
                                        "!= 2.4",
                                        ">= 2.4.20",
                                        "< 2.4.20",
                                        "~ ^2\\.4",
                                        "> 2.2"),
                        inner);
            case 4 -> block("IfDefine " + pick("X", "!X"), inner);
            case 5 -> block("If \"" + pick("true", "false", "%{REQUEST_METHOD} == 'GET'") + "\"", lines(0));
            default -> {
                String limited = group("AuthConfig", pick("Require all denied\n", "Require all granted\n"));
                String section = block(pick("Limit GET", "Limit POST", "LimitExcept GET"), limited);
                yield permitted.contains("AuthConfig") ? section : group("Limit", section);
            }
        };
    }

    /** Returns a section for files. */
    private String files(int depth) {
        String inner = depth > 0 && chance(20) ? section(0) : lines(0);
        return switch (random.nextInt(3)) {
            case 0 -> block("Files \"" + pick(NAMES) + "\"", inner);
            case 1 -> block("FilesMatch \"" + pick(NAME_EXPRESSIONS) + "\"", inner);
            default -> block("Files ~ \"" + pick(NAME_EXPRESSIONS) + "\"", inner);
        };
    }

    static String block(String opening, String content) {
        return "<" + opening + ">\n" + content + "</" + opening.split(" ", 2)[0] + ">\n";
    }

    private String group(String word, String lines) {
        if (permitted.contains(word)) {
            return lines;
        }
        StringBuilder marked = new StringBuilder();
        for (String line : lines.split("\n", -1)) {
            if (!line.isEmpty()) {
                marked.append(line.startsWith("#") ? "" : RandomTree.OURS)
                        .append(line)
                        .append('\n');
            }
        }
        return marked.toString();
    }
}
