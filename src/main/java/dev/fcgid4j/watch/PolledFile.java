/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

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
 * <p>A file may change twice within one tick of its file system's clock, and then its stamp tells nothing. So for a while
 * after a stamp was taken its content is compared as well.
 *
 * <p>Threading: made by one thread, then guarded by its registration's comparing lock.
 */
final class PolledFile implements Registration.Polled {

    private static final long RACY_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long MAX_HASHED = 16L << 20;

    private final Path path;
    private FileStamp stamp;
    private FileStamp linkStamp;
    private long takenNanos;
    private long hash;

    PolledFile(Path path, long nowNanos) {
        this.path = path;
        this.stamp = FileStamp.of(path);
        this.linkStamp = FileStamp.ofLink(path);
        this.takenNanos = nowNanos;
        this.hash = hash();
    }

    @Override
    public List<String> changed(long nowNanos) {
        return isChanged(nowNanos) ? List.of("") : List.of();
    }

    private boolean isChanged(long nowNanos) {
        FileStamp now = FileStamp.of(path);
        FileStamp linkNow = FileStamp.ofLink(path);
        boolean same = now.equals(stamp) && linkNow.equals(linkStamp);
        if (same && nowNanos - takenNanos > RACY_NANOS) {
            return false;
        }
        long hashNow = hash();
        boolean changed = !same || hashNow != hash;
        if (changed) {
            stamp = now;
            linkStamp = linkNow;
            takenNanos = nowNanos;
        }
        hash = hashNow;
        return changed;
    }

    private long hash() {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[8192];
        long left = MAX_HASHED;
        if (!Files.isRegularFile(path)) {
            return 0;
        }
        try (InputStream in = Files.newInputStream(path)) {
            int count = in.read(buffer);
            while (count > 0 && left > 0) {
                crc.update(buffer, 0, count);
                left -= count;
                count = in.read(buffer);
            }
            return crc.getValue();
        } catch (IOException e) {
            return -1; // gone or unreadable: the stamps tell
        }
    }
}
