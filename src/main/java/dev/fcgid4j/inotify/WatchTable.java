/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The subscriptions of a watcher, the kernel's watches, one a directory, and which subscription is interested in which
 * directory. An event finds the interests it concerns by the name in it. So its cost doesn't grow with the number of files
 * watched in a directory.
 *
 * <p>Threading: guarded by the watcher's lock.
 */
final class WatchTable {

    private final Map<Subscription, List<Held>> subscriptions = new LinkedHashMap<>();
    private final Map<Integer, Directory> directories = new HashMap<>();
    private final Set<Integer> unused = new HashSet<>();

    /** An interest, and the watch that serves it. */
    private record Held(int watch, DirectoryInterest interest) {}

    /** All interests in one directory. */
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

    // ---- subscriptions ----------------------------------------------------------------------------------------------

    /** Adds a subscription that has no interest yet. */
    void register(Subscription subscription) {
        subscriptions.putIfAbsent(subscription, new ArrayList<>());
    }

    /** Returns whether it was registered and not removed since. */
    boolean isRegistered(Subscription subscription) {
        return subscriptions.containsKey(subscription);
    }

    /** All subscriptions, in the order in which they were registered; a view. */
    Set<Subscription> all() {
        return Collections.unmodifiableSet(subscriptions.keySet());
    }

    /** Removes a subscription and all its interests. Returns false if it is not registered. */
    boolean remove(Subscription subscription) {
        List<Held> held = subscriptions.remove(subscription);
        if (held == null) {
            return false;
        }
        held.forEach(each -> release(each.watch(), each.interest()));
        return true;
    }

    private void release(int watch, DirectoryInterest interest) {
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

    // ---- watches ----------------------------------------------------------------------------------------------------

    /** Notes an interest of a registered subscription in the directory that the kernel watches under this number. */
    void add(int watch, DirectoryInterest interest) {
        List<Held> held = subscriptions.get(interest.owner());
        if (held == null) {
            addUnused(watch); // the subscription has ended meanwhile
            return;
        }
        Directory directory = directories.computeIfAbsent(watch, w -> new Directory());
        if (directory.setFor(interest).add(interest)) {
            held.add(new Held(watch, interest));
        }
        unused.remove(watch);
    }

    /** Notes a watch that may serve no interest; then it is among the {@link #takeUnused unused} ones. */
    void addUnused(int watch) {
        if (!directories.containsKey(watch)) {
            unused.add(watch);
        }
    }

    /** The kernel has ended a watch. */
    void ended(int watch) {
        directories.remove(watch);
        unused.remove(watch);
    }

    /** Takes the watches that serve no interest any more, each once. */
    List<Integer> takeUnused() {
        List<Integer> taken = List.copyOf(unused);
        unused.clear();
        return taken;
    }

    // ---- interests --------------------------------------------------------------------------------------------------

    /** The interests that an event on this name concerns; those in the directory itself if the name is empty. */
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

    /** The interest of a subscription in the file itself, if the kernel serves it. */
    Optional<DirectoryInterest> fileInterest(Subscription subscription) {
        return subscriptions.getOrDefault(subscription, List.of()).stream()
                .map(Held::interest)
                .filter(interest -> interest.kind() == DirectoryInterest.Kind.FILE)
                .findFirst();
    }

    /** Forgets everything. */
    void clear() {
        subscriptions.clear();
        directories.clear();
        unused.clear();
    }
}
