/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which file systems inotify is blind on, because other hosts or programs write to them without this kernel.
 *
 * <p>Threading: any thread. Reads the disk.
 */
public final class FileSystems {

    private static final Logger LOG = LoggerFactory.getLogger(FileSystems.class);
    private static final Set<String> SHARED = Set.of(
            "cifs", "afs", "9p", "ceph", "glusterfs", "vboxsf", "virtiofs", "ncpfs", "lustre", "gpfs", "ocfs2", "gfs2");

    private final Map<Object, Kind> kinds = new ConcurrentHashMap<>();

    /** What is known of one device's file system. */
    private record Kind(boolean blind, boolean copiesUp) {}

    /** Returns whether the kernel may miss changes of this directory's entries. */
    public boolean isBlind(Path directory) {
        try {
            return kind(directory).blind();
        } catch (IOException e) {
            return false; // it was removed; adding the watch fails
        }
    }

    /**
     * Returns whether a file there may be truncated before the kernel reports that it is being opened: overlayfs copies a
     * file of its lower layer without the content.
     */
    public boolean copiesUp(Path directory) throws IOException {
        return kind(directory).copiesUp();
    }

    private Kind kind(Path directory) throws IOException {
        Object device = Files.getAttribute(directory, "unix:dev");
        Kind known = kinds.get(device);
        if (known == null) {
            known = read(directory);
            kinds.put(device, known);
        }
        return known;
    }

    private static Kind read(Path directory) throws IOException {
        String type = Files.getFileStore(directory).type().toLowerCase(Locale.ROOT);
        boolean blind =
                type.startsWith("nfs") || type.startsWith("fuse") || type.startsWith("smb") || SHARED.contains(type);
        if (blind) {
            LOG.info(
                    "{} is on {}, whose changes by others the kernel doesn't report: files there are compared",
                    directory,
                    type);
        }
        return new Kind(blind, type.equals("overlay"));
    }
}
