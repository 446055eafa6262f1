/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What tells one version of a file from another without reading it; {@link #MISSING} when there is none.
 *
 * @param modified with the file system's resolution
 * @param changed of the inode: can't be set back by a program
 * @param size bytes
 * @param key device and inode
 */
record FileStamp(Object modified, Object changed, Object size, Object key) {

    static final FileStamp MISSING = new FileStamp(0, 0, 0, 0);

    /** The stamp of what the path names now; of a symbolic link itself when {@code link}. */
    static FileStamp of(Path path, boolean link) {
        LinkOption[] options = link ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
        try {
            Map<String, Object> all = Files.readAttributes(path, "unix:lastModifiedTime,ctime,size,ino,dev", options);
            return new FileStamp(
                    all.get("lastModifiedTime"),
                    all.get("ctime"),
                    all.get("size"),
                    all.get("dev") + ":" + all.get("ino"));
        } catch (IOException e) {
            return MISSING;
        }
    }
}
