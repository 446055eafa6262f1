/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.watch.FileWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells whose notes of what it has loaded have grown. The notes are watched as scripts are: so whoever drains the watcher
 * before a request learns of a load and of a change in the order in which they happened.
 *
 * <p>Threading: any thread; a listener is called by whoever drains.
 */
final class LoadReportWatch implements FileWatcher.NameListener, AutoCloseable {

    private final Map<String, Runnable> readers = new ConcurrentHashMap<>();
    private final Optional<FileWatcher.Watch> watch;

    private LoadReportWatch(FileWatcher watcher, Optional<Path> directory) {
        this.watch = directory.map(each -> watcher.watchAppends(each, this));
    }

    /**
     * Watches the load reports of all processes.
     *
     * @param directory the directory of the reports; empty if no process writes one
     */
    static LoadReportWatch of(FileWatcher watcher, Optional<Path> directory) {
        return new LoadReportWatch(watcher, directory);
    }

    /** A process may write notes from now on, or has begun to. */
    void begin(ApplicationProcess process, Runnable grown) {
        Path file = process.reportFile().orElse(null);
        if (file == null) {
            return;
        }
        readers.put(name(file), grown);
        try {
            if (Files.size(file) > 0) {
                grown.run();
            }
        } catch (IOException e) {
            readers.remove(name(file)); // it has ended already, and its notes with it
        }
    }

    /** A process writes no more. */
    void end(ApplicationProcess process) {
        process.reportFile().ifPresent(file -> readers.remove(name(file)));
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    @Override
    public void nameChanged(String name) {
        Runnable grown = readers.get(name);
        if (grown != null) {
            grown.run();
        }
    }

    @Override
    public void allChanged() {
        readers.values().forEach(Runnable::run);
    }

    @Override
    public void close() {
        watch.ifPresent(FileWatcher.Watch::close);
    }
}
