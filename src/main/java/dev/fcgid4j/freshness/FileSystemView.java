/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.posix.RegularFile;
import dev.fcgid4j.watch.FileStamp;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Reads files that workers have loaded.
 *
 * <p>Threading: any thread that may block.
 */
public interface FileSystemView {

    /** Returns the stamp of what the path names now. */
    FileStamp stamp(Path path);

    /** The same, but its change time covers the symbolic links on the path too. */
    FileStamp stampWithWay(Path path);

    /** Returns the FNV-1a hash of the first MiB, as reporters write it; another word if the file can't be read. */
    String content(Path path);

    /** Returns this host's time of day, in nanoseconds since 1970. */
    long wallNanos();

    /** Reads the disk. */
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
            try (InputStream in = new BufferedInputStream(RegularFile.newInputStream(path))) {
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
