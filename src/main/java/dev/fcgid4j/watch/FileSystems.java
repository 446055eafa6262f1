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
 * Which file systems inotify is blind on, because others may write to them: those of other hosts, and those that a
 * program serves.
 *
 * <p>Threading: any thread; reads the disk.
 */
final class FileSystems {

    private static final Logger LOG = LoggerFactory.getLogger(FileSystems.class);
    private static final Set<String> SHARED = Set.of(
            "cifs", "afs", "9p", "ceph", "glusterfs", "vboxsf", "virtiofs", "ncpfs", "lustre", "gpfs", "ocfs2", "gfs2");

    private final Map<Object, Kind> kinds = new ConcurrentHashMap<>();

    /** What is known of the file system of one device. */
    private record Kind(boolean blind, boolean copiesUp) {}

    /** Whether changes of entries of this directory may go unnoticed by the kernel. */
    boolean isBlind(Path directory) {
        try {
            return kind(directory).blind();
        } catch (IOException e) {
            return false; // it vanished; adding the watch will tell
        }
    }

    /** Whether a file there may be truncated before its opening is told of: overlayfs copies a lower one without content. */
    boolean copiesUp(Path directory) throws IOException {
        return kind(directory).copiesUp();
    }

    private Kind kind(Path directory) throws IOException {
        Object device = Files.getAttribute(directory, "unix:dev");
        Kind known = kinds.get(device);
        if (known == null) {
            known = look(directory);
            kinds.put(device, known);
        }
        return known;
    }

    private static Kind look(Path directory) throws IOException {
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
