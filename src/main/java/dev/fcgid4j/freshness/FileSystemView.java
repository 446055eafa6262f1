/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.watch.FileStamp;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * What the pool reads of files that workers have loaded.
 *
 * <p>Threading: any thread that may block.
 */
public interface FileSystemView {

    /** What the path names now. */
    FileStamp stamp(Path path);

    /** Likewise, and how young the way to it is. */
    FileStamp stampWithWay(Path path);

    /** The FNV-1a hash of the first MiB, as the reporters write it; another word when it can't be read. */
    String content(Path path);

    /** This host's time of day, in nanoseconds since 1970. */
    long wallNanos();

    /** Those of the disk. */
    FileSystemView DISK = new FileSystemView() {
        private static final int MAX_HASHED = 1 << 20;

        @Override
        public FileStamp stamp(Path path) {
            return FileStamp.of(path);
        }

        @Override
        public FileStamp stampWithWay(Path path) {
            return FileStamp.withWay(path);
        }

        @Override
        public String content(Path path) {
            int hash = 0x811c9dc5;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
                int left = MAX_HASHED;
                for (int each = in.read(); each >= 0 && left > 0; each = in.read()) {
                    hash = (hash ^ each) * 0x01000193;
                    left--;
                }
            } catch (IOException e) {
                return "unreadable";
            }
            return String.format("%08x", hash);
        }

        @Override
        public long wallNanos() {
            Instant now = Clock.systemUTC().instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }
    };
}
