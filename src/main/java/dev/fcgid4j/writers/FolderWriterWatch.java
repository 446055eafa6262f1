/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.posix.DirectoryBarrier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of files that are checked often. However many files there are, a check looks only at those that were opened
 * lately, and once at each folder.
 *
 * <h2>How a writer is found</h2>
 *
 * <ul>
 *   <li>A writer opens the file first, and the kernel reports that before it truncates the file ({@link OpenFileTracker}).
 *   <li>A process that removes a file has queued the event when a later look-up in the folder returns ({@link
 *       DirectoryBarrier}).
 *   <li>Some files can be reached in a way that neither sees: a file that had several names when its watch began, a
 *       symbolic link, and each file where the kernel reports an opening too late. They are looked at one by one. If there
 *       are more than {@value #MAX_ONE_BY_ONE} of them, none is looked at.
 * </ul>
 *
 * <p>Threading: any thread.
 */
final class FolderWriterWatch implements WriterWatch {

    private static final Logger LOG = LoggerFactory.getLogger(FolderWriterWatch.class);
    private static final int MAX_ONE_BY_ONE = 100;
    private static final int MAX_FOLDERS = 100;
    private static final int MAX_OPENED = 1_000;

    private final List<FileWriterWatch> all;
    private final OpenFileTracker openFiles;
    private final List<WatchedFile> oneByOne = new ArrayList<>();
    private final List<Folder> folders = new ArrayList<>();
    private final Set<WatchedFile> opened = ConcurrentHashMap.newKeySet();

    /** A folder and the files that are watched in it. */
    private record Folder(DirectoryBarrier barrier, List<WatchedFile> files) {}

    private FolderWriterWatch(List<FileWriterWatch> all, OpenFileTracker openFiles) {
        this.all = List.copyOf(all);
        this.openFiles = openFiles;
    }

    /** Begins with files that are watched already. Reads the disk. */
    static WriterWatch over(List<FileWriterWatch> files, OpenFileTracker openFiles) {
        FolderWriterWatch watch = new FolderWriterWatch(files, openFiles);
        watch.begin();
        return watch;
    }

    private void begin() {
        Map<Path, List<WatchedFile>> plain = new LinkedHashMap<>();
        for (FileWriterWatch each : all) {
            Path path = each.file().path();
            Path folder = path.getParent();
            if (!each.immediate() || folder == null || Files.isDirectory(path)) {
                continue; // compared, or known by the files in it
            }
            if (openFiles.isAvailable() && hasOneName(path)) {
                plain.computeIfAbsent(folder, f -> new ArrayList<>()).add(each.file());
            } else {
                oneByOne.add(each.file());
            }
        }
        plain.forEach(this::track);
        if (!plain.isEmpty()) {
            openFiles.forgetRead(); // most of them have no writer
        }
        if (oneByOne.size() > MAX_ONE_BY_ONE) {
            LOG.info(
                    "{} files of FcgidWatch, as {}, can only be looked at one by one; none of them is when a request ends,"
                            + " so it may show one half written",
                    oneByOne.size(),
                    oneByOne.get(0).path());
            oneByOne.clear(); // that would take longer than many responses
        }
    }

    private static boolean hasOneName(Path file) {
        try {
            Map<String, Object> now = Files.readAttributes(file, "unix:isRegularFile,nlink", LinkOption.NOFOLLOW_LINKS);
            return Boolean.TRUE.equals(now.get("isRegularFile"))
                    && Integer.valueOf(1).equals(now.get("nlink"));
        } catch (IOException e) {
            return false; // there is no such file
        }
    }

    private void track(Path folder, List<WatchedFile> files) {
        DirectoryBarrier barrier = new DirectoryBarrier(folder);
        if (barrier.pass() != DirectoryBarrier.Outcome.PASSED || !listen(folder, files)) {
            oneByOne.addAll(files);
        } else if (folders.size() < MAX_FOLDERS) {
            folders.add(new Folder(barrier, List.copyOf(files)));
        }
    }

    private boolean listen(Path folder, List<WatchedFile> files) {
        try {
            files.forEach(each -> each.trackedIn(opened));
            return openFiles.listen(folder.toRealPath(), files);
        } catch (IOException e) {
            return false; // it was removed meanwhile
        }
    }

    @Override
    public boolean isBeingChanged() {
        if (!folders.isEmpty()) {
            openFiles.drain();
        }
        for (Folder folder : folders) {
            if (folder.barrier().pass() == DirectoryBarrier.Outcome.AWAY
                    && anyIsBeingChanged(folder.files(), MAX_OPENED)) {
                return true;
            }
        }
        return anyIsBeingChanged(oneByOne, MAX_ONE_BY_ONE) || anyIsBeingChanged(opened, MAX_OPENED);
    }

    private static boolean anyIsBeingChanged(Iterable<WatchedFile> files, int most) {
        int left = most;
        for (WatchedFile each : files) {
            if (--left < 0) {
                return false;
            }
            if (each.isBeingChanged()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean immediate() {
        return all.stream().allMatch(FileWriterWatch::immediate);
    }

    @Override
    public void compare() {
        all.forEach(FileWriterWatch::compare);
    }

    @Override
    public void close() {
        all.forEach(each -> openFiles.end(each.file()));
        all.forEach(FileWriterWatch::close);
    }
}
