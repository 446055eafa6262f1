/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.RegularFile;
import dev.fcgid4j.posix.UnixSocket;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory with the sockets and report files of one launcher. Other users may pass through it (mode 0711) to the
 * reporters, which are not secret, but they can't list it. Only this user may enter the directories of the sockets and
 * reports.
 *
 * <p>A locked file in it shows other launchers that its owner is alive. The system releases the lock when the JVM ends, in
 * whatever way, and {@link #abandoned} finds such directories.
 *
 * <p>Threading: any thread.
 */
final class RunDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);
    private static final String PREFIX = "fcgid4j-";
    private static final String LOCK = "lock";
    private static final String SOCKETS = "s";
    private static final String REPORTS = "loaded";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PASSABLE = PosixFilePermissions.fromString("rwx--x--x");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final long LAST_SOCKET = 9_999_999_999L;

    private final Path path;
    private final FileChannel lock;
    private final AtomicLong sockets = new AtomicLong();

    private RunDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes a run directory in {@code parent}. */
    static RunDirectory create(Path parent) {
        checkLength(parent.resolve(PREFIX + Integer.MAX_VALUE + "-" + Long.MAX_VALUE));
        try {
            // abandoned() does not look at this name; the directory gets its real name when it is locked.
            Path fresh =
                    Files.createTempDirectory(parent, ".new-" + PREFIX, PosixFilePermissions.asFileAttribute(PRIVATE));
            FileChannel lock =
                    FileChannel.open(fresh.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.setPosixFilePermissions(fresh.resolve(LOCK), PosixFilePermissions.fromString("rw-------"));
            lock.lock();
            Files.createDirectory(fresh.resolve(SOCKETS), PosixFilePermissions.asFileAttribute(PRIVATE));
            Files.createDirectory(fresh.resolve(REPORTS), PosixFilePermissions.asFileAttribute(PRIVATE));
            Files.setPosixFilePermissions(fresh, PASSABLE);
            String unique = fresh.getFileName().toString().substring(".new-".length() + PREFIX.length());
            Path path = parent.resolve(PREFIX + ProcessHandle.current().pid() + "-" + unique);
            Files.move(fresh, path);
            return new RunDirectory(path, lock);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "can't make a run directory in " + parent + ": " + e + ". Set FcgidIPCDir to a directory that this"
                            + " user may write to",
                    e);
        }
    }

    /** Returns the run directories in {@code parent} whose JVM is dead; their processes may still run. */
    static List<Path> abandoned(Path parent) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path entry : entries) {
                if (isOurs(entry) && isUnlocked(entry.resolve(LOCK))) {
                    found.add(entry);
                }
            }
        } catch (IOException e) {
            LOG.warn("can't look for leftovers in {}: {}", parent, e.toString());
        }
        return found;
    }

    private static boolean isOurs(Path entry) {
        try {
            return Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                    && Integer.valueOf(LibC.effectiveUser())
                            .equals(Files.getAttribute(entry, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return false; // removed meanwhile
        }
    }

    private static boolean isUnlocked(Path file) {
        try (FileChannel channel = RegularFile.openForWriting(file);
                FileLock held = channel.tryLock()) {
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false; // another launcher of this JVM
        } catch (IOException e) {
            return false; // removed meanwhile, or its guardian is removing it
        }
    }

    /** Returns the directory. */
    Path path() {
        return path;
    }

    /**
     * The files of one process.
     *
     * @param socket where the process listens
     * @param report where the process reports the files that it loads
     */
    record Names(Path socket, Optional<Path> report) {}

    /** Returns the directory of the report files. */
    Path reports() {
        return path.resolve(REPORTS);
    }

    /** Makes a directory that every user may read. */
    Path newReadable(String name) throws IOException {
        return Files.setPosixFilePermissions(Files.createDirectory(path.resolve(name)), READABLE);
    }

    /** Makes an empty report file for the process of a socket. */
    Path newReport(Path socket) throws IOException {
        return Files.createFile(
                reportOf(socket), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private Path reportOf(Path socket) {
        return reports().resolve(socket.getFileName().toString().replace(".sock", ""));
    }

    /** Removes the files of one process, with the notes of its reporters. */
    static void remove(Path socket, Optional<Path> report) throws IOException {
        Files.deleteIfExists(socket);
        if (report.isPresent()) {
            Path file = report.get();
            Files.deleteIfExists(file);
            try (DirectoryStream<Path> notes =
                    Files.newDirectoryStream(file.resolveSibling(""), file.getFileName() + ".*")) {
                for (Path note : notes) {
                    Files.deleteIfExists(note);
                }
            }
        }
    }

    /** Returns a path for the next socket. */
    Path nextSocket() {
        return path.resolve(SOCKETS).resolve(sockets.incrementAndGet() + ".sock");
    }

    /** Refuses a directory whose path is too long for a socket in it. */
    private static void checkLength(Path path) {
        Path socket = path.resolve(SOCKETS).resolve(LAST_SOCKET + ".sock");
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > UnixSocket.MAX_PATH) {
            throw new ConfigurationException("the path of a socket such as " + socket + " has " + length
                    + " bytes; the system allows " + UnixSocket.MAX_PATH + ". Set FcgidIPCDir to a shorter directory");
        }
    }

    /** Removes the directory and releases the lock. */
    @Override
    public void close() {
        remove(path);
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("closing the lock of {}: {}", path, e.toString());
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException e) {
            LOG.debug("removing {}: {}", directory, e.toString()); // the guardian removes the rest
        }
    }
}
