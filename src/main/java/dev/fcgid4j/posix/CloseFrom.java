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
 * "Close everything from descriptor n on", which glibc knows since 2.34 and musl does not.
 *
 * <p>Where it is missing, what is open now is closed one by one. A descriptor that another thread opens in between is
 * closed on exec anyway: the JVM opens all of its own that way.
 */
final class CloseFrom {

    static final boolean AVAILABLE = register();

    private CloseFrom() {}

    static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

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
            return false; // an older or another C library: openAbove does it
        }
    }
}
