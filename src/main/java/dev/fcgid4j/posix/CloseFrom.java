/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The spawn action that closes all descriptors from a number on. glibc has it since 2.34, musl does not.
 *
 * <p>Without it, the descriptors that are open now are closed one by one. A descriptor that another thread opens meanwhile
 * is closed on exec anyway, because the JVM opens all its descriptors with that flag.
 *
 * <p>Threading: any thread. Stateless.
 */
final class CloseFrom {

    static final boolean AVAILABLE = register();

    private CloseFrom() {}

    static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

    /** Returns the open descriptors above a number. */
    static List<Integer> openAbove(int last) throws PosixException {
        List<Integer> open = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : entries) {
                int fd = Integer.parseInt(entry.getFileName().toString());
                if (fd > last) {
                    open.add(fd);
                }
            }
        } catch (IOException e) {
            throw new PosixException("reading /proc/self/fd", 0, e.toString());
        }
        return open;
    }

    private static boolean register() {
        try {
            Native.register(CloseFrom.class, NativeLibrary.getProcess());
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false; // the C library lacks the call; openAbove replaces it
        }
    }
}
