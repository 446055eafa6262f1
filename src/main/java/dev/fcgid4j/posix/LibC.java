/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The C library's calls on descriptors, pipes and processes, with Java's types and {@link PosixException}s.
 *
 * <p>Bound by direct mapping: no native name is overloaded, and every buffer stays reachable until its call returns.
 * 64-bit Linux with glibc or musl.
 *
 * <p>Threading: any thread.
 */
public final class LibC {

    /** Data can be read, or a connection accepted (poll). */
    public static final int POLLIN = 0x001;

    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;

    static final Charset NATIVE = StandardCharsets.UTF_8;

    private static final int O_CLOEXEC = 0x80000;
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int EINTR = 4;
    private static final long SYS_PIDFD_OPEN = 434;

    static {
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    /** Returns a C string; the caller keeps it reachable until its call returns. */
    static Memory text(String value) {
        return text(value, NATIVE);
    }

    static Memory text(String value, Charset charset) {
        byte[] bytes = value.getBytes(charset);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }

    private static final int CLOCK_REALTIME_COARSE = 5;

    private static native int close(int fd);

    private static native int pipe2(Pointer fds, int flags);

    private static native long read(int fd, Pointer buffer, long count);

    private static native long write(int fd, Pointer buffer, long count);

    private static native int poll(Pointer fds, long count, int timeoutMillis);

    private static native int kill(int pid, int signal);

    private static native int waitid(int idType, int id, Pointer info, int options);

    private static native int waitpid(int pid, Pointer status, int options);

    static native int getsockopt(int fd, int level, int name, Pointer value, Pointer length);

    private static native int getpagesize();

    private static native int clock_getres(int clock, Pointer time);

    private static native int geteuid();

    private static native long syscall(long number, long first, long second);

    private static native String strerror(int errno);

    /** Closes a descriptor and ignores errors of earlier writes, which no caller here needs. */
    public static void closeQuietly(int fd) {
        close(fd);
    }

    /** Creates a pipe, both ends closed on exec: the read end, then the write end. */
    public static int[] pipe() throws PosixException {
        Memory fds = new Memory(8);
        check("pipe2", pipe2(fds, O_CLOEXEC));
        return new int[] {fds.getInt(0), fds.getInt(4)};
    }

    /** The buffer of {@link #read(int, byte[])}: one for each thread, so that reading allocates nothing. */
    private static final ThreadLocal<Memory> READ_BUFFER = ThreadLocal.withInitial(() -> new Memory(16_384));

    /**
     * Reads available bytes; blocks if there are none.
     *
     * @return bytes read; 0 at the end of file
     */
    public static int read(int fd, byte[] into) throws PosixException {
        Memory buffer = READ_BUFFER.get();
        int wanted = (int) Math.min(into.length, buffer.size());
        int count = check("read", (int) read(fd, buffer, (long) wanted));
        buffer.read(0, into, 0, count);
        return count;
    }

    /** Returns whether bytes, or the end, can be read without blocking. */
    public static boolean readable(int fd) throws PosixException {
        Memory one = new Memory(8);
        one.setInt(0, fd);
        one.setInt(4, POLLIN);
        return poll(one, 1, 0) > 0;
    }

    static int read(int fd, Memory buffer) throws PosixException {
        return check("read", (int) read(fd, buffer, buffer.size()));
    }

    /** Writes all bytes; in one call if they are no more than a pipe takes at once. */
    public static void writeFully(int fd, byte[] bytes) throws PosixException {
        Memory buffer = new Memory(bytes.length);
        buffer.write(0, bytes, 0, bytes.length);
        long done = 0;
        while (done < bytes.length) {
            done += check("write", (int) write(fd, buffer.share(done), bytes.length - done));
        }
    }

    /**
     * Waits until a descriptor is ready.
     *
     * @param fds an array of {@code struct pollfd} (8 bytes each: int fd, short events, short revents)
     * @param timeoutMillis -1 for no limit
     * @return the number of ready descriptors
     */
    static int poll(Memory fds, int count, int timeoutMillis) throws PosixException {
        int ready = poll(fds, (long) count, timeoutMillis);
        if (ready < 0 && Native.getLastError() == EINTR) {
            return 0;
        }
        return check("poll", ready);
    }

    /** Sends a signal to a process group; returns false if there is none. */
    public static boolean signalGroup(int group, int signal) {
        return kill(-group, signal) == 0;
    }

    /** Returns whether a child has ended, without reaping it. */
    public static boolean hasEnded(int pid) {
        Memory info = new Memory(128);
        info.clear();
        return waitid(P_PID, pid, info, WEXITED | WNOWAIT | WNOHANG) == 0 && info.getInt(0) != 0;
    }

    /** Waits for the end of a child, reaps it and returns its wait status. */
    public static int reap(int pid) throws PosixException {
        Memory status = new Memory(4);
        int result;
        do {
            result = waitpid(pid, status, 0);
        } while (result < 0 && Native.getLastError() == EINTR);
        check("waitpid(" + pid + ")", result);
        return status.getInt(0);
    }

    /** Returns a descriptor that becomes readable when a process ends; -1 if the kernel has no pidfd. */
    public static int openPidFd(int pid) {
        return (int) syscall(SYS_PIDFD_OPEN, pid, 0);
    }

    /** Returns the size of a memory page in bytes. */
    public static int pageSize() {
        return getpagesize();
    }

    /** Returns the effective user id of this process. */
    public static int effectiveUser() {
        return geteuid();
    }

    static int check(String call, int result) throws PosixException {
        if (result < 0) {
            throw failure(call, Native.getLastError());
        }
        return result;
    }

    /** Returns the words for an error number, in the language of this process. */
    static String describe(int errno) {
        return strerror(errno);
    }

    static PosixException failure(String call, int errno) {
        return new PosixException(call, errno, strerror(errno));
    }

    /** Returns the resolution of the clock that stamps files, in nanoseconds; 10 ms if the kernel does not report it. */
    public static long fileClockTickNanos() {
        Memory time = new Memory(16);
        if (clock_getres(CLOCK_REALTIME_COARSE, time) != 0 || time.getLong(0) != 0) {
            return 10_000_000L;
        }
        return time.getLong(8);
    }

    /** Returns a view of native memory for many small accesses; valid as long as the memory is reachable. */
    static ByteBuffer view(Memory memory) {
        return memory.getByteBuffer(0, memory.size()).order(ByteOrder.nativeOrder());
    }
}
