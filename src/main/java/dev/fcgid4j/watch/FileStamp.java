/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What tells one version of a file from another without reading it; {@link #MISSING} when there is none.
 *
 * @param modifiedNanos since 1970, by the file system's clock and with its resolution
 * @param changedNanos of the inode, likewise: can't be set back by a program
 * @param size bytes
 * @param inode number of the file in its file system
 * @param device number of the file system
 */
public record FileStamp(long modifiedNanos, long changedNanos, long size, long inode, long device) {

    /** There is no file. */
    public static final FileStamp MISSING = new FileStamp(0, 0, -1, 0, 0);

    /** The stamp of what the path names now, symbolic links followed. Reads the disk. */
    public static FileStamp of(Path path) {
        return read(path);
    }

    /** The stamp of a symbolic link itself, when the path names one. Reads the disk. */
    static FileStamp ofLink(Path path) {
        return read(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static FileStamp read(Path path, LinkOption... options) {
        try {
            Map<String, Object> all = Files.readAttributes(path, "unix:lastModifiedTime,ctime,size,ino,dev", options);
            return new FileStamp(
                    nanos(all.get("lastModifiedTime")),
                    nanos(all.get("ctime")),
                    number(all.get("size")),
                    number(all.get("ino")),
                    number(all.get("dev")));
        } catch (IOException e) {
            return MISSING;
        }
    }

    private static long nanos(Object time) {
        return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
