/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches of files of which it is asked for every answer whether somebody is changing one. The answer costs a look at
 * those that have been opened lately, and one at each folder, however many files there are.
 *
 * <ul>
 *   <li>Who writes a file has opened it, and that is told of first ({@link OpenFileTracker}).
 *   <li>Who removes one has told of it when a look-up in its folder is through ({@link DirectoryBarrier}).
 *   <li>What may be reached another way, or what neither is known of, is looked at one by one: a file that has several names
 *       when it begins, a link, each where the kernel tells too late. If there are more than a hundred, none of them is.
 * </ul>
 *
 * <p>Threading: as {@link FileWatcher.Watch}.
 */
final class WriterWatch implements FileWatcher.Watch {

    private static final Logger LOG = LoggerFactory.getLogger(WriterWatch.class);
    private static final int MOST_ONE_BY_ONE = 100;
    private static final int MOST_FOLDERS = 100;
    private static final int MOST_OPENED = 1_000;

    private final List<Subscription> all;
    private final @Nullable OpenFileTracker openings;
    private final List<Subscription> oneByOne = new ArrayList<>();
    private final List<Folder> folders = new ArrayList<>();
    private final Set<Subscription> opened = ConcurrentHashMap.newKeySet();

    /** A folder and what is watched in it. */
    private record Folder(DirectoryBarrier barrier, List<Subscription> files) {}

    private WriterWatch(List<Subscription> all, @Nullable OpenFileTracker openings) {
        this.all = List.copyOf(all);
        this.openings = openings;
    }

    /**
     * Begins with files that are watched already. Reads the disk.
     *
     * @param openings null if it can't be known who opens a file
     */
    static WriterWatch over(List<Subscription> files, @Nullable OpenFileTracker openings) {
        WriterWatch lookout = new WriterWatch(files, openings);
        Map<Path, List<Subscription>> plain = new LinkedHashMap<>();
        for (Subscription each : files) {
            Path folder = each.file().getParent();
            if (!each.immediate() || folder == null || Files.isDirectory(each.file())) {
                continue; // polled, or known by the files in it
            }
            if (openings != null && hasOneName(each.file())) {
                plain.computeIfAbsent(folder, f -> new ArrayList<>()).add(each);
            } else {
                lookout.oneByOne.add(each);
            }
        }
        plain.forEach(lookout::add);
        if (openings != null && !plain.isEmpty()) {
            openings.forgetRead(); // most of them nobody writes
        }
        if (lookout.oneByOne.size() > MOST_ONE_BY_ONE) {
            LOG.info(
                    "{} files of FcgidWatch, as {}, can only be looked at one by one; none of them is when a request ends,"
                            + " so it may show one half written",
                    lookout.oneByOne.size(),
                    lookout.oneByOne.get(0).file());
            lookout.oneByOne.clear(); // it would take longer than many an answer
        }
        return lookout;
    }

    private static boolean hasOneName(Path file) {
        try {
            Map<String, Object> now = Files.readAttributes(file, "unix:isRegularFile,nlink", LinkOption.NOFOLLOW_LINKS);
            return Boolean.TRUE.equals(now.get("isRegularFile"))
                    && Integer.valueOf(1).equals(now.get("nlink"));
        } catch (IOException e) {
            return false; // it isn't there
        }
    }

    private void add(Path folder, List<Subscription> files) {
        DirectoryBarrier barrier = new DirectoryBarrier(folder);
        if (barrier.pass() != DirectoryBarrier.Outcome.PASSED || !listen(folder, files)) {
            oneByOne.addAll(files);
        } else if (folders.size() < MOST_FOLDERS) {
            folders.add(new Folder(barrier, List.copyOf(files)));
        }
    }

    private boolean listen(Path folder, List<Subscription> files) {
        try {
            files.forEach(each -> each.noteOpenedIn(opened));
            return openings != null && openings.listen(folder.toRealPath(), files);
        } catch (IOException e) {
            return false; // it is away again
        }
    }

    @Override
    public boolean isBeingChanged() {
        if (openings != null && !folders.isEmpty()) {
            openings.drain();
        }
        for (Folder folder : folders) {
            if (folder.barrier().pass() == DirectoryBarrier.Outcome.AWAY
                    && anyIsBeingChanged(folder.files(), MOST_OPENED)) {
                return true;
            }
        }
        return anyIsBeingChanged(oneByOne, MOST_ONE_BY_ONE) || anyIsBeingChanged(opened, MOST_OPENED);
    }

    private static boolean anyIsBeingChanged(Iterable<Subscription> files, int most) {
        int left = most;
        for (Subscription each : files) {
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
        return all.stream().allMatch(Subscription::immediate);
    }

    @Override
    public void compare() {
        all.forEach(Subscription::compare);
    }

    @Override
    public void close() {
        if (openings != null) {
            all.forEach(openings::end);
        }
        all.forEach(Subscription::close);
    }
}
