/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One inotify descriptor.
 *
 * <p>The kernel queues an event inside the system call that changes the file. So one non-blocking {@link #read} returns
 * every change that was complete before it.
 *
 * <p>Threading: one thread at a time; the owner holds a lock. Source: inotify(7).
 */
public final class Inotify implements AutoCloseable {

    public static final int MODIFY = 0x2;
    public static final int ATTRIB = 0x4;
    public static final int CLOSE_WRITE = 0x8;
    public static final int OPEN = 0x20;
    public static final int MOVED_FROM = 0x40;
    public static final int MOVED_TO = 0x80;
    public static final int CREATE = 0x100;
    public static final int DELETE = 0x200;
    public static final int DELETE_SELF = 0x400;
    public static final int MOVE_SELF = 0x800;
    public static final int UNMOUNT = 0x2000;
    public static final int Q_OVERFLOW = 0x4000;
    public static final int IGNORED = 0x8000;
    public static final int ISDIR = 0x4000_0000;

    private static final int ONLYDIR = 0x0100_0000;
    private static final int DONT_FOLLOW = 0x0200_0000;
    private static final int MASK_ADD = 0x2000_0000;
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int EAGAIN = 11;
    private static final int HEADER = 16;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    static {
        Native.register(Inotify.class, NativeLibrary.getProcess());
    }

    private final int fd;
    private final Memory buffer = new Memory(64 * 1024);
    private final ByteBuffer view = LibC.view(buffer);

    /** One event; {@code name} is empty if the event is about the watched directory itself. */
    public record Event(int watch, int mask, String name) {
        /** Returns whether any of these bits is set. */
        public boolean is(int bits) {
            return (mask & bits) != 0;
        }
    }

    private static native int inotify_init1(int flags);

    private static native int inotify_add_watch(int fd, Pointer path, int mask);

    private static native int inotify_rm_watch(int fd, int watch);

    private static native long read(int fd, Pointer buffer, long count);

    private Inotify(int fd) {
        this.fd = fd;
    }

    /** Opens a descriptor, closed on exec. */
    public static Inotify open() throws PosixException {
        return new Inotify(LibC.check("inotify_init1", inotify_init1(NONBLOCK_CLOEXEC)));
    }

    /**
     * Returns whether a kernel queues {@link #OPEN} before it truncates the file for the opener, as Linux does since 6.5.
     *
     * @param version as in {@code uname -r}
     */
    public static boolean tellsOfOpeningFirst(String version) {
        Matcher numbers = VERSION.matcher(version);
        if (!numbers.lookingAt()) {
            return false;
        }
        int major = Integer.parseInt(numbers.group(1));
        return major > 6 || (major == 6 && Integer.parseInt(numbers.group(2)) >= 5);
    }

    /**
     * Watches a directory for these bits, in addition to those it is already watched for. Returns the number of the watch,
     * which stays the same as long as the directory is watched. A link to a directory is refused: ENOTDIR.
     */
    public int addDirectory(String path, int mask) throws PosixException {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        int added = inotify_add_watch(fd, LibC.text(path), mask | ONLYDIR | DONT_FOLLOW | MASK_ADD);
        return LibC.check("inotify_add_watch(" + path + ")", added);
    }

    /** Ends a watch; does nothing if the watch has already ended. */
    public void remove(int watch) {
        inotify_rm_watch(fd, watch);
    }

    /** Returns the events that were not read yet; empty if there are none. Never blocks. */
    public List<Event> read() throws PosixException {
        long count = read(fd, buffer, buffer.size());
        if (count < 0) {
            int errno = Native.getLastError();
            if (errno == EAGAIN) {
                return List.of();
            }
            throw LibC.failure("read(inotify)", errno);
        }
        List<Event> events = new ArrayList<>();
        for (int at = 0; at < count; ) {
            int length = view.getInt(at + 12);
            events.add(new Event(view.getInt(at), view.getInt(at + 4), name(at + HEADER, length)));
            at += HEADER + length;
        }
        return events;
    }

    private String name(int from, int length) {
        int end = from;
        while (end < from + length && view.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - from];
        view.get(from, bytes);
        return new String(bytes, LibC.NATIVE);
    }

    @Override
    public void close() {
        LibC.closeQuietly(fd);
    }
}
