/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which watches the kernel keeps, one a directory, and who is interested in each. An event finds those whom it concerns
 * by the name in it, so that its cost doesn't grow with the number of files watched in a directory.
 *
 * <p>Threading: guarded by the watcher's lock.
 */
final class WatchTable {

    private final Map<Integer, Directory> directories = new HashMap<>();
    private final Set<Integer> unused = new HashSet<>();

    /** Everybody interested in one directory. */
    private static final class Directory {
        private final Set<DirectoryInterest> self = new LinkedHashSet<>();
        private final Set<DirectoryInterest> all = new LinkedHashSet<>();
        private final Map<String, Set<DirectoryInterest>> named = new HashMap<>();

        Set<DirectoryInterest> setFor(DirectoryInterest interest) {
            return switch (interest.kind()) {
                case SELF -> self;
                case NAMES, APPENDS -> all;
                case NAME, FILE -> named.computeIfAbsent(interest.name(), n -> new LinkedHashSet<>());
            };
        }

        void remove(DirectoryInterest interest) {
            Set<DirectoryInterest> set = setFor(interest);
            set.remove(interest);
            if (set.isEmpty()) {
                named.remove(interest.name());
            }
        }

        boolean isEmpty() {
            return self.isEmpty() && all.isEmpty() && named.isEmpty();
        }
    }

    /** Adds an interest in what the kernel watches under this number. */
    void add(int watch, DirectoryInterest interest) {
        directories
                .computeIfAbsent(watch, w -> new Directory())
                .setFor(interest)
                .add(interest);
        unused.remove(watch);
    }

    /** The kernel watches under this number what nobody may be interested in: then it waits in {@link #takeUnused}. */
    void addUnused(int watch) {
        if (!directories.containsKey(watch)) {
            unused.add(watch);
        }
    }

    /** Takes it away; a watch that nobody is interested in any more waits in {@link #takeUnused}. */
    void remove(int watch, DirectoryInterest interest) {
        Directory directory = directories.get(watch);
        if (directory == null) {
            return; // the kernel ended the watch meanwhile
        }
        directory.remove(interest);
        if (directory.isEmpty()) {
            directories.remove(watch);
            unused.add(watch);
        }
    }

    /** The kernel has ended a watch by itself. */
    void ended(int watch) {
        directories.remove(watch);
        unused.remove(watch);
    }

    /** Who wants to know of an event on this name; of one on the directory itself when the name is empty. */
    List<DirectoryInterest> concerned(int watch, String name) {
        Directory directory = directories.get(watch);
        if (directory == null) {
            return List.of();
        }
        if (name.isEmpty()) {
            return List.copyOf(directory.self);
        }
        List<DirectoryInterest> concerned = new ArrayList<>(directory.named.getOrDefault(name, Set.of()));
        concerned.addAll(directory.all);
        return concerned;
    }

    /** Watches that nobody needs any more, each given once. */
    List<Integer> takeUnused() {
        List<Integer> taken = List.copyOf(unused);
        unused.clear();
        return taken;
    }

    /** Directories that somebody is interested in. */
    int size() {
        return directories.size();
    }

    void clear() {
        directories.clear();
        unused.clear();
    }
}
