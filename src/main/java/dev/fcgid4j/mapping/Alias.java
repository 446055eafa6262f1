/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.ByteStrings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A URL prefix and the directory or file that it stands for: {@code Alias}, {@code ScriptAlias}, or the document root.
 *
 * <p>Immutable. Source: httpd's mod_alias.
 *
 * @param prefix URL segments; none for the document root
 * @param target absolute: a directory, or one file
 * @param directory the target itself, or the directory that holds the file
 * @param scripts whether every file in it is a script (ScriptAlias)
 */
record Alias(List<String> prefix, Path target, Path directory, boolean scripts) {

    /** Returns all aliases of a configuration, the longest prefix first; the document root is the last. */
    static List<Alias> of(Path documentRoot, List<Node> directives) {
        List<Alias> aliases = new ArrayList<>();
        for (Node node : directives) {
            if (node.key().equals("alias") || node.key().equals("scriptalias")) {
                aliases.add(of(node));
            }
        }
        aliases.add(new Alias(List.of(), documentRoot, documentRoot, false));
        aliases.sort(Comparator.comparingInt((Alias alias) -> -alias.prefix().size()));
        return List.copyOf(aliases);
    }

    private static Alias of(Node node) {
        if (node.args().size() != 2 || !node.args().get(0).startsWith("/")) {
            throw node.mistake("expected a URL path that begins with / and a directory or file");
        }
        Path target = path(node, node.args().get(1));
        if (!target.isAbsolute() || !Files.exists(target)) {
            throw node.mistake("expected the absolute path of an existing directory or file, found " + target);
        }
        RequestPath prefix = RequestPath.parse(ByteStrings.of(node.args().get(0)))
                .orElseThrow(() -> node.mistake("not a URL path: " + node.args().get(0)));
        Path parent = target.getParent();
        Path directory = parent == null || Files.isDirectory(target) ? target : parent;
        return new Alias(prefix.segments(), target, directory, node.key().equals("scriptalias"));
    }

    private static Path path(Node node, String text) {
        try {
            return Path.of(text).normalize();
        } catch (InvalidPathException e) {
            throw node.mistake("not a path: " + e.getMessage());
        }
    }

    /** Returns whether a path begins with the prefix. */
    boolean covers(List<String> segments) {
        return segments.size() >= prefix.size()
                && segments.subList(0, prefix.size()).equals(prefix);
    }

    /** Returns whether the target is one file. */
    boolean isFile() {
        return !target.equals(directory);
    }

    /** Returns the prefix as a URL path; empty for the document root. */
    String url() {
        return prefix.isEmpty() ? "" : "/" + String.join("/", prefix);
    }
}
