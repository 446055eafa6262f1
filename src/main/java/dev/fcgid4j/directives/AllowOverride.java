/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a {@code .htaccess} file may say (AllowOverride).
 *
 * <p>By default: handlers, index files and access control, but neither wrappers nor environment nor options, because
 * those run other programs as the server's user.
 *
 * @param read whether such files are read at all
 * @param groups what they may say
 */
public record AllowOverride(boolean read, Set<Group> groups) {

    /** Groups of directives. */
    public enum Group {
        /** SetHandler, AddHandler, RemoveHandler: allowed by default and by FileInfo. */
        HANDLERS("FileInfo"),
        /** FcgidWrapper, FcgidInitialEnv, SetEnv, FcgidPassHeader, CGIPassAuth: FileInfo. */
        COMMANDS("FileInfo"),
        /** DirectoryIndex, FallbackResource: Indexes. */
        INDEXES("Indexes"),
        /** Require, Order, Allow, Deny, as far as they lift a denial: AuthConfig, Limit. */
        ACCESS("AuthConfig"),
        /** Options, as far as they allow more: Options. */
        OPTIONS("Options");

        private final String word;

        Group(String word) {
            this.word = word;
        }

        /** The word that allows it. */
        String word() {
            return word;
        }
    }

    /** Without a directive: handlers, index files and access. */
    public static final AllowOverride DEFAULT =
            new AllowOverride(true, EnumSet.of(Group.HANDLERS, Group.INDEXES, Group.ACCESS));

    /** The files are not read. */
    public static final AllowOverride NONE = new AllowOverride(false, EnumSet.noneOf(Group.class));

    /** What a directive says. */
    static AllowOverride of(Node directive) {
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

    /** One word of the directive added. */
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
            case "authconfig", "limit" -> all.add(Group.ACCESS);
            case "options" -> all.add(Group.OPTIONS);
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
