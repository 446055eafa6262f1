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
 * Calls back when the load report of a process has grown. The reports are watched as scripts are: so a drain of the watcher
 * reports loads and changes in the order in which they happened.
 *
 * <p>Threading: any thread. Any thread that drains the watcher calls back.
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

    /** A process was started; its report may have grown already. */
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
            readers.remove(name(file)); // the process has ended, and its report was removed
        }
    }

    /** A process has ended. */
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
