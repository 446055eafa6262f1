/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.freshness.FileSystemView;
import dev.fcgid4j.watch.FileStamp;
import java.nio.file.Path;

/** What the disk tells, and what happens right after it was asked: once, and not while that happens. */
public final class HookedFileSystem implements FileSystemView {

    private static final Hook NOTHING = () -> {};

    private Hook hook = NOTHING;
    private Path at = Path.of("/");

    /** Runs after the look. */
    @FunctionalInterface
    public interface Hook {
        void run() throws Exception;
    }

    /** After the next look at this path. */
    public void afterLookAt(Path path, Hook next) {
        at = path;
        hook = next;
    }

    private <T> T after(Path path, T found) {
        Hook now = hook;
        if (now != NOTHING && path.equals(at)) {
            hook = NOTHING;
            try {
                now.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return found;
    }

    @Override
    public FileStamp stamp(Path path) {
        return after(path, DISK.stamp(path));
    }

    @Override
    public FileStamp stampWithWay(Path path) {
        return after(path, DISK.stampWithWay(path));
    }

    @Override
    public String content(Path path) {
        return after(path, DISK.content(path));
    }

    @Override
    public long wallNanos() {
        return after(CLOCK, DISK.wallNanos());
    }

    /** Stands for a look at the clock. */
    public static final Path CLOCK = Path.of("/the/clock");
}
