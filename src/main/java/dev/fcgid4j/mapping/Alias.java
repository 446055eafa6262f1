/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.Node;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A part of the URL space and what it stands for: the document root, {@code Alias}, {@code ScriptAlias}.
 *
 * @param prefix the URL segments it begins with; none for the document root
 * @param target absolute: a directory, or one file
 * @param directory the directory itself, or the one that holds the file
 * @param scripts whether every file in it is a script (ScriptAlias)
 */
record Alias(List<String> prefix, Path target, Path directory, boolean scripts) {

    /** All that a configuration names, the longest prefix first; the document root is the last. */
    static List<Alias> of(MappingSettings settings, List<Node> directives) {
        List<Alias> roots = new ArrayList<>();
        for (Node node : directives) {
            if (node.key().equals("alias") || node.key().equals("scriptalias")) {
                roots.add(alias(node));
            }
        }
        roots.add(new Alias(List.of(), settings.documentRoot(), settings.documentRoot(), false));
        roots.sort(Comparator.comparingInt((Alias root) -> -root.prefix().size()));
        return List.copyOf(roots);
    }

    private static Alias alias(Node node) {
        if (node.args().size() != 2 || !node.args().get(0).startsWith("/")) {
            throw node.mistake("expected a URL path that begins with / and a directory or file");
        }
        Path target = path(node, node.args().get(1));
        if (!target.isAbsolute() || !Files.exists(target)) {
            throw node.mistake("expected the absolute path of an existing directory or file, found " + target);
        }
        RequestPath prefix = RequestPath.parse(RequestPath.bytes(node.args().get(0)))
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

    /** Whether it answers for a path. */
    boolean covers(List<String> segments) {
        return segments.size() >= prefix.size()
                && segments.subList(0, prefix.size()).equals(prefix);
    }

    /** Whether it is one file. */
    boolean isFile() {
        return !target.equals(directory);
    }

    /** The prefix as a URL path; empty for the document root. */
    String url() {
        return prefix.isEmpty() ? "" : "/" + String.join("/", prefix);
    }
}
