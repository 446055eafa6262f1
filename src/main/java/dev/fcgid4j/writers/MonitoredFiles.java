/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files whose openings are reported, by folder and name. A folder is known by the number of the kernel's watch.
 *
 * <p>Threading: guarded by the tracker's lock.
 */
final class MonitoredFiles {

    private final Map<Integer, Map<String, MonitoredFile>> folders = new HashMap<>();
    private final Map<OpenFileListener, Place> places = new HashMap<>();
    private final Set<Integer> unused = new HashSet<>();

    /** Where a listener's file is: its folder's number, and its name there. */
    private record Place(int folder, String name) {}

    /** Adds a listener to its file, which is in this folder. Returns the file. */
    MonitoredFile add(int folder, Path directory, OpenFileListener listener) {
        String name = String.valueOf(listener.path().getFileName());
        MonitoredFile file = folders.computeIfAbsent(folder, f -> new HashMap<>())
                .computeIfAbsent(name, n -> new MonitoredFile(directory.resolve(n)));
        file.add(listener);
        places.put(listener, new Place(folder, name));
        unused.remove(folder);
        return file;
    }

    /** Returns whether a listener was added and not removed since. */
    boolean contains(OpenFileListener listener) {
        return places.containsKey(listener);
    }

    /**
     * Removes a listener, and its file and folder if they have no other.
     *
     * @return the file, if it has no listener any more
     */
    Optional<MonitoredFile> remove(OpenFileListener listener) {
        Place place = places.remove(listener);
        if (place == null) {
            return Optional.empty();
        }
        Map<String, MonitoredFile> names = folders.getOrDefault(place.folder(), Map.of());
        MonitoredFile file = names.get(place.name());
        if (file == null || !file.remove(listener)) {
            return Optional.empty(); // the kernel ended the watch meanwhile, or others listen
        }
        names.remove(place.name());
        if (names.isEmpty()) {
            folders.remove(place.folder());
            unused.add(place.folder());
        }
        return Optional.of(file);
    }

    /** The file of this name in a folder. */
    Optional<MonitoredFile> find(int folder, String name) {
        return Optional.ofNullable(folders.getOrDefault(folder, Map.of()).get(name));
    }

    /** All files. */
    List<MonitoredFile> all() {
        return folders.values().stream()
                .map(Map::values)
                .flatMap(Collection::stream)
                .toList();
    }

    /** The kernel has ended a folder's watch. Returns the files that were in it. */
    List<MonitoredFile> ended(int folder) {
        unused.remove(folder);
        Map<String, MonitoredFile> gone = folders.remove(folder);
        return gone == null ? List.of() : List.copyOf(gone.values());
    }

    /** Takes the numbers of folders without files, each once. */
    List<Integer> takeUnused() {
        List<Integer> taken = List.copyOf(unused);
        unused.clear();
        return taken;
    }

    /** Forgets everything. */
    void clear() {
        folders.clear();
        places.clear();
        unused.clear();
    }
}
