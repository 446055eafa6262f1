/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/**
 * Waits until those are done who are just removing or renaming an entry of a directory, and have told of it.
 *
 * <p>The kernel takes a name away and queues the event under one lock of the directory. Looking up a name that it does not
 * remember takes the same lock; it never remembers one that is longer than the file system allows. So one look-up of such a
 * name, which fails, is enough: whatever name was missed before it has been told of after it.
 *
 * <p>Threading: any thread. Waits for whoever alters the directory just then.
 */
public final class DirectoryBarrier {

    private static final int TOO_LONG = 256; // bytes; NAME_MAX is 255
    private static final int F_OK = 0;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int ENAMETOOLONG = 36;
    private static final int PATH_MAX = 4096; // of a longer one no part is looked up

    static {
        Native.register(DirectoryBarrier.class, NativeLibrary.getProcess());
    }

    private final Memory name;
    private final boolean canPass;

    /** How a barrier was passed. */
    public enum Outcome {
        /** Everything that was removed before has been told of. */
        PASSED,
        /** There is no such directory; or its file system takes longer names, so that it always looks like that. */
        AWAY,
        /** It can't be told: no permission, or a path of more than 3,838 bytes. */
        UNKNOWN
    }

    private static native int access(Pointer path, int mode);

    /**
     * One for a directory.
     *
     * @param directory absolute; what it names is looked up each time
     */
    public DirectoryBarrier(Path directory) {
        this.name = LibC.text(directory + "/" + "x".repeat(TOO_LONG));
        this.canPass = name.size() <= PATH_MAX;
    }

    /** Waits; one system call. */
    public Outcome pass() {
        if (!canPass || access(name, F_OK) == 0) {
            return Outcome.UNKNOWN;
        }
        return switch (Native.getLastError()) {
            case ENAMETOOLONG -> Outcome.PASSED;
            case ENOENT, ENOTDIR -> Outcome.AWAY;
            default -> Outcome.UNKNOWN;
        };
    }
}
