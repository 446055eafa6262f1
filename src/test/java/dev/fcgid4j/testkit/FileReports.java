/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.watch.FileWatcher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A listener of files and of directories that records its reports, each as a line. For one thread. */
public final class FileReports implements FileWatcher.FileListener, FileWatcher.NameListener {

    private final List<String> lines = new ArrayList<>();

    /** The reports since the last call. */
    public List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    public void changed(Path file) {
        lines.add("changed " + file.getFileName());
    }

    @Override
    public void beingWritten(Path file) {
        lines.add("being written " + file.getFileName());
    }

    @Override
    public void pathChanged(Path file) {
        lines.add("path changed " + file.getFileName());
    }

    @Override
    public void nameChanged(String name) {
        lines.add("name changed " + name);
    }

    @Override
    public void allChanged() {
        lines.add("all changed");
    }
}
