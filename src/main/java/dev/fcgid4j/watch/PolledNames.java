/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a directory, compared by their stamps. Of an entry that is a directory only its identity counts.
 *
 * <p>Threading: created by one thread, then guarded by the lock of its {@link Poller.Comparison}.
 */
final class PolledNames implements Polled {

    private final Path directory;
    private Map<String, FileStamp> known;

    PolledNames(Path directory) {
        this.directory = directory;
        this.known = read();
    }

    @Override
    public List<String> changed(long nowNanos) {
        Map<String, FileStamp> now = read();
        List<String> changed = new ArrayList<>();
        now.forEach((name, stamp) -> {
            if (!stamp.equals(known.get(name))) {
                changed.add(name);
            }
        });
        known.keySet().stream().filter(name -> !now.containsKey(name)).forEach(changed::add);
        known = now;
        return changed;
    }

    private Map<String, FileStamp> read() {
        Map<String, FileStamp> found = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                found.put(
                        entry.getFileName().toString(), FileStamp.ofLink(entry).ofPlace());
            }
        } catch (IOException e) {
            return found; // the directory was removed, and its entries with it
        }
        return found;
    }
}
