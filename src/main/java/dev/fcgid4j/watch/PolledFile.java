/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * A file that is watched by comparing stamps.
 *
 * <p>A file may change twice within one tick of its file system's clock. The stamp after the second change is that after
 * the first. So a stamp is trusted only after its content was compared at an age above any such tick, by this host's
 * monotonic clock. Until then every comparison includes the content. Of a directory only its identity counts, not its
 * entries.
 *
 * <p>Threading: created by one thread, then guarded by the lock of its {@link Poller.Comparison}.
 */
final class PolledFile implements Polled {

    private static final long RACY_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long MAX_HASHED = 16L << 20;

    private final Path path;
    private final Disk disk;
    private FileStamp stamp;
    private FileStamp linkStamp;
    private long takenNanos;
    private long hash;
    private boolean trusted;

    /** What is read of a file; tests have their own. */
    interface Disk {
        /** The stamp of what the path names. */
        FileStamp stamp(Path path);

        /** The stamp of the symbolic link itself, if the path names one. */
        FileStamp linkStamp(Path path);

        /** A checksum of the content. */
        long hash(Path path);
    }

    PolledFile(Path path, long nowNanos) {
        this(path, nowNanos, REAL);
    }

    PolledFile(Path path, long nowNanos, Disk disk) {
        this.path = path;
        this.disk = disk;
        this.stamp = disk.stamp(path);
        this.linkStamp = disk.linkStamp(path);
        this.takenNanos = nowNanos;
        this.hash = disk.hash(path);
    }

    @Override
    public List<String> changed(long nowNanos) {
        return isChanged(nowNanos) ? List.of("") : List.of();
    }

    private boolean isChanged(long nowNanos) {
        FileStamp now = disk.stamp(path);
        FileStamp linkNow = disk.linkStamp(path);
        boolean same = now.equals(stamp) && linkNow.equals(linkStamp);
        if (same && trusted) {
            return false;
        }
        long hashNow = disk.hash(path);
        boolean changed = !same || hashNow != hash;
        if (changed) {
            stamp = now;
            linkStamp = linkNow;
            takenNanos = nowNanos;
        }
        trusted = !changed && nowNanos - takenNanos > RACY_NANOS;
        hash = hashNow;
        return changed;
    }

    private static final Disk REAL = new Disk() {
        @Override
        public FileStamp stamp(Path path) {
            return FileStamp.of(path).ofPlace();
        }

        @Override
        public FileStamp linkStamp(Path path) {
            return FileStamp.ofLink(path).ofPlace();
        }

        @Override
        public long hash(Path path) {
            return content(path);
        }
    };

    private static long content(Path path) {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[8192];
        long left = MAX_HASHED;
        if (!Files.isRegularFile(path)) {
            return 0;
        }
        try (InputStream in = RegularFile.newInputStream(path)) {
            int count = in.read(buffer);
            while (count > 0 && left > 0) {
                crc.update(buffer, 0, count);
                left -= count;
                count = in.read(buffer);
            }
            return crc.getValue();
        } catch (IOException e) {
            return -1; // removed or unreadable: the stamps differ
        }
    }
}
