/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.FileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What distinguishes two versions of a file without reading it; {@link #MISSING} if there is no file.
 *
 * @param modifiedNanos last write, since 1970, by the file system's clock and with its resolution
 * @param changedNanos last change of the inode, likewise; a program can't set it
 * @param size bytes
 * @param inode number of the file in its file system
 * @param device number of the file system
 * @param directory whether the file is a directory
 */
public record FileStamp(long modifiedNanos, long changedNanos, long size, long inode, long device, boolean directory) {

    /** There is no file. */
    public static final FileStamp MISSING = new FileStamp(0, 0, -1, 0, 0, false);

    /** The stamp of what the path names now, symbolic links followed. Reads the disk. */
    public static FileStamp of(Path path) {
        return read(path);
    }

    /** The stamp of a symbolic link itself, if the path names one. Reads the disk. */
    static FileStamp ofLink(Path path) {
        return read(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** For a directory, its identity without its entries' times; otherwise this stamp. */
    public FileStamp ofPlace() {
        return directory ? new FileStamp(0, 0, 0, inode, device, true) : this;
    }

    /**
     * The stamp of what the path names now, with the change time of the youngest symbolic link on the way to it if that
     * is younger. Reads the disk.
     */
    public static FileStamp withWay(Path path) {
        FileStamp file = read(path);
        long youngest = file.changedNanos();
        for (PathChain.Link link : PathChain.of(path).names()) {
            youngest = Math.max(
                    youngest, ofLink(link.directory().resolve(link.name())).changedNanos());
        }
        return new FileStamp(
                file.modifiedNanos(), youngest, file.size(), file.inode(), file.device(), file.directory());
    }

    private static FileStamp read(Path path, LinkOption... options) {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        try {
            Map<String, Object> all =
                    Files.readAttributes(path, "unix:lastModifiedTime,ctime,size,ino,dev,isDirectory", options);
            return new FileStamp(
                    nanos(all.get("lastModifiedTime")),
                    nanos(all.get("ctime")),
                    number(all.get("size")),
                    number(all.get("ino")),
                    number(all.get("dev")),
                    Boolean.TRUE.equals(all.get("isDirectory")));
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
