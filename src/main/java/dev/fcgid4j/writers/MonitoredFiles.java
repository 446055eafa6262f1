/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files whose openings are reported, by folder and name, and which of them may be open. A folder is known by the number
 * of the kernel's watch.
 *
 * <p>Threading: guarded by the tracker's lock. Calls {@link OpenFileListener#mayBeOpen} and nothing else.
 */
final class MonitoredFiles {

    private final Map<Integer, Map<String, MonitoredFile>> folders = new HashMap<>();
    private final Map<OpenFileListener, Place> places = new HashMap<>();
    private final Set<MonitoredFile> open = new LinkedHashSet<>();
    private final Set<Integer> unused = new HashSet<>();

    /** Where a listener's file is: its folder's number, and its name there. */
    private record Place(int folder, String name) {}

    /** A file that was not opened lately; with a question to the kernel, or without. */
    record Check(MonitoredFile file, boolean ask, List<OpenFileListener> listeners, long openedNanos) {}

    // ---- listeners --------------------------------------------------------------------------------------------------

    /**
     * Adds a listener to its file, which may be open now. If the file wasn't among the open ones, it is {@link #due} at
     * once.
     *
     * @param folder the number of the file's folder
     * @param directory the real path of that folder
     */
    void add(int folder, Path directory, OpenFileListener listener, long nowNanos) {
        String name = String.valueOf(listener.path().getFileName());
        MonitoredFile file = folders.computeIfAbsent(folder, f -> new HashMap<>())
                .computeIfAbsent(name, n -> new MonitoredFile(directory.resolve(n)));
        file.add(listener);
        places.put(listener, new Place(folder, name));
        unused.remove(folder);
        if (open.add(file)) {
            file.openedAt(WriterQuestions.longAgo(nowNanos));
            file.questions().askAgain();
        }
        listener.mayBeOpen(true);
    }

    /** Removes a listener, and its file and folder if they have no other. Twice is harmless. */
    void remove(OpenFileListener listener) {
        Place place = places.remove(listener);
        if (place == null) {
            return;
        }
        listener.mayBeOpen(false);
        Map<String, MonitoredFile> names = folders.getOrDefault(place.folder(), Map.of());
        MonitoredFile file = names.get(place.name());
        if (file == null || !file.remove(listener)) {
            return; // the kernel ended the watch meanwhile, or others listen
        }
        open.remove(file);
        names.remove(place.name());
        if (names.isEmpty()) {
            folders.remove(place.folder());
            unused.add(place.folder());
        }
    }

    // ---- folders ----------------------------------------------------------------------------------------------------

    /** The kernel has ended a folder's watch. */
    void ended(int folder) {
        unused.remove(folder);
        Map<String, MonitoredFile> gone = folders.remove(folder);
        if (gone != null) {
            gone.values().forEach(open::remove);
        }
    }

    /** Takes the numbers of folders without files, each once. */
    List<Integer> takeUnused() {
        List<Integer> taken = List.copyOf(unused);
        unused.clear();
        return taken;
    }

    // ---- open files -------------------------------------------------------------------------------------------------

    /** A file was opened, if it is one of these. */
    void opened(int folder, String name, long nowNanos) {
        MonitoredFile file = folders.getOrDefault(folder, Map.of()).get(name);
        if (file != null) {
            opened(file, nowNanos);
        }
    }

    /** Every file may have been opened. */
    void allOpened(long nowNanos) {
        folders.values().forEach(names -> names.values().forEach(file -> opened(file, nowNanos)));
    }

    private void opened(MonitoredFile file, long nowNanos) {
        file.openedAt(nowNanos);
        open.add(file);
        file.noteOpen();
    }

    /** The open files that were not opened lately. Those with a question count as asked about. */
    List<Check> due(long nowNanos, long quietNanos) {
        return open.stream()
                .filter(file ->
                        nowNanos - file.openedNanos() >= file.questions().delayNanos(quietNanos))
                .map(file -> check(file, nowNanos))
                .toList();
    }

    private static Check check(MonitoredFile file, long nowNanos) {
        boolean ask = file.questions().isDue(file.openedNanos());
        if (ask) {
            file.questions().asking(nowNanos);
        }
        return new Check(file, ask, file.listeners(), file.openedNanos());
    }

    /** No writer has the file open. */
    void closed(MonitoredFile file) {
        if (open.remove(file)) {
            file.noteClosed();
        }
    }

    /** Forgets everything. */
    void clear() {
        folders.clear();
        places.clear();
        open.clear();
        unused.clear();
    }
}
