/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which directives a {@code .htaccess} file may use (AllowOverride).
 *
 * <p>By default: handlers, index files and access control. Wrappers, environment and options are excluded, because they
 * run other programs as the server's user.
 *
 * <p>Immutable. Source: httpd's core.
 *
 * @param read whether such files are read at all
 * @param groups the groups of directives that they may use
 */
public record AllowOverride(boolean read, Set<Group> groups) {

    /** A group of directives that one word of AllowOverride permits. */
    public enum Group {
        /** Which files are run: allowed by default, and by FileInfo. */
        HANDLERS("FileInfo"),
        /** With which command, environment and headers, and which changed files replace it: FileInfo. */
        COMMANDS("FileInfo"),
        /** What answers for directories and missing files: Indexes. */
        INDEXES("Indexes"),
        /** {@code Require}, as far as it lifts a denial: AuthConfig. */
        ACCESS("AuthConfig"),
        /** {@code Allow}, as far as it lifts a denial: Limit. */
        LIMIT("Limit"),
        /** Options and {@code php_flag engine}, as far as they allow more: Options. */
        OPTIONS("Options");

        private final String word;

        Group(String word) {
            this.word = word;
        }

        /** The word of AllowOverride that permits the group. */
        String word() {
            return word;
        }
    }

    /** The value without a directive: handlers, index files and access control. */
    public static final AllowOverride DEFAULT =
            new AllowOverride(true, EnumSet.of(Group.HANDLERS, Group.INDEXES, Group.ACCESS, Group.LIMIT));

    /** The files are not read. */
    public static final AllowOverride NONE = new AllowOverride(false, EnumSet.noneOf(Group.class));

    /** {@code AllowOverride}: replaces what was permitted. */
    static Consumer<DirectoryConfig> change(Node directive) {
        AllowOverride allowed = of(directive);
        return config -> config.override = allowed;
    }

    /** Reads a directive. */
    static AllowOverride of(Node directive) {
        Arguments.atLeast(directive, 1, "None, All, or groups of directives");
        if (directive.args().size() == 1 && directive.args().get(0).equalsIgnoreCase("none")) {
            return NONE;
        }
        AllowOverride allowed = NONE;
        try {
            for (String word : directive.args()) {
                allowed = allowed.with(word);
            }
        } catch (IllegalArgumentException e) {
            throw directive.mistake(e.getMessage());
        }
        return allowed;
    }

    /** Returns the value with one more word of the directive. */
    private AllowOverride with(String word) {
        EnumSet<Group> all = EnumSet.noneOf(Group.class);
        all.addAll(groups);
        String name = word.toLowerCase(Locale.ROOT);
        int value = name.indexOf('=');
        switch (value < 0 ? name : name.substring(0, value)) {
            case "all" -> all.addAll(EnumSet.allOf(Group.class));
            case "fileinfo" -> {
                all.add(Group.HANDLERS);
                all.add(Group.COMMANDS);
            }
            case "indexes" -> all.add(Group.INDEXES);
            case "authconfig" -> all.add(Group.ACCESS);
            case "limit" -> all.add(Group.LIMIT);
            case "options" -> {
                if (value < 0) {
                    all.add(Group.OPTIONS); // a list of single options permits only what restricts
                }
            }
            case "nonfatal" -> {}
            default ->
                throw new IllegalArgumentException(
                        "expected None, All, AuthConfig, FileInfo, Indexes, Limit or Options, found " + word);
        }
        return new AllowOverride(true, all);
    }

    boolean allows(Group group) {
        return groups.contains(group);
    }
}
