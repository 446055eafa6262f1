/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.process.LoadedFile;
import dev.fcgid4j.watch.FileStamp;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Whether a file is still what a process has loaded. Stateless; reads the disk.
 *
 * <p>The kernel stamps a file with a clock that ticks every few milliseconds, so two changes within one tick leave the
 * same stamp. A stamp is therefore believed only when it was taken more than a tick after the change that it tells of;
 * otherwise the content is compared.
 */
final class Versions {

    private static final long TICK_NANOS = LibC.fileClockTickNanos();
    private static final long COARSE_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Languages give times as floating point numbers of seconds. */
    private static final long ROUNDING_NANOS = 1_000;

    private Versions() {}

    /** Whether the file is another than the one that was loaded, as far as can be known: in doubt it is. */
    static boolean differ(LoadedFile then) {
        FileStamp now = FileStamp.of(then.path());
        boolean same = now.size() == then.size()
                && now.inode() == then.inode()
                && near(now.modifiedNanos(), then.modifiedNanos(), then.isCoarse())
                && near(now.changedNanos(), then.changedNanos(), then.isCoarse());
        if (!same) {
            return true;
        }
        long tick = then.isCoarse() ? COARSE_TICK_NANOS : TICK_NANOS;
        boolean provenByStamp = then.reportedNanos() - then.changedNanos() > tick;
        if (provenByStamp || "-".equals(then.content())) {
            return false;
        }
        return !then.content().equals(content(then.path()));
    }

    /** Whether a file has changed since a moment, or so shortly before that it can't be told. */
    static boolean changedSince(Path file, long nanos) {
        return FileStamp.of(file).changedNanos() + TICK_NANOS >= nanos;
    }

    private static boolean near(long now, long then, boolean coarse) {
        return coarse
                ? Math.floorDiv(now, COARSE_TICK_NANOS) == Math.floorDiv(then, COARSE_TICK_NANOS)
                : Math.abs(now - then) < ROUNDING_NANOS;
    }

    /** The FNV-1a hash, as the reporters write it. */
    private static String content(Path file) {
        int hash = 0x811c9dc5;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int each = in.read(); each >= 0; each = in.read()) {
                hash = (hash ^ each) * 0x01000193;
            }
        } catch (IOException e) {
            return "unreadable";
        }
        return String.format("%08x", hash);
    }
}
