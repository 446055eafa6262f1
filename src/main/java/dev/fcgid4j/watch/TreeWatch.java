/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all files that match a {@link Glob}, those that appear later included.
 *
 * <p>Symbolic links are followed, each directory once on its way; what a link leads to is watched, and the link too.
 *
 * <p>A new or vanished directory where matching files may lie counts as a change, because files may have come with it
 * unseen; whoever is told arms a new watch, which finds them.
 *
 * <p>Threading: armed by a thread that may block; the rest as {@link FileWatcher}.
 */
public final class TreeWatch implements FileWatcher.Watch {

    private static final Logger LOG = LoggerFactory.getLogger(TreeWatch.class);
    private static final int MAX_DIRECTORIES = 5_000;

    private final Glob glob;
    private final PathMatcher matcher;
    private final FileWatcher.FileListener listener;
    private final List<FileWatcher.Watch> watches = new ArrayList<>();
    private FileWatcher.Watch ofFiles = FileWatcher.Watch.all(List.of()); // the last of the former
    private final Set<Path> files = ConcurrentHashMap.newKeySet(); // read by whoever drains, already while it is armed

    private TreeWatch(Glob glob, FileWatcher.FileListener listener) {
        this.glob = glob;
        this.matcher = glob.matcher();
        this.listener = listener;
    }

    /** Arms one. Blocks: reads the directories. */
    public static TreeWatch arm(FileWatcher watcher, Glob glob, FileWatcher.FileListener listener) {
        TreeWatch tree = new TreeWatch(glob, listener);
        try {
            Files.walkFileTree(
                    glob.root(), EnumSet.of(FileVisitOption.FOLLOW_LINKS), glob.depth(), tree.new Arm(watcher));
        } catch (IOException e) {
            LOG.warn("{} can't be looked through for {}: {}", glob.root(), glob.pattern(), e.toString());
        }
        // Told when the root itself appears, too.
        tree.files.add(glob.root());
        tree.ofFiles = watcher.watchFiles(tree.files, listener);
        tree.watches.add(tree.ofFiles);
        return tree;
    }

    /** The files that matched when it was armed, and links to directories on their way. */
    public Set<Path> files() {
        return files.stream().filter(file -> !file.equals(glob.root())).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean immediate() {
        return watches.stream().allMatch(FileWatcher.Watch::immediate);
    }

    @Override
    public void compare() {
        watches.forEach(FileWatcher.Watch::compare);
    }

    @Override
    public boolean isBeingChanged() {
        return ofFiles.isBeingChanged();
    }

    @Override
    public void close() {
        watches.forEach(FileWatcher.Watch::close);
    }

    /** Watches each directory before it looks at what is in it. */
    private final class Arm extends SimpleFileVisitor<Path> {
        private final FileWatcher watcher;

        Arm(FileWatcher watcher) {
            this.watcher = watcher;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (watches.size() >= MAX_DIRECTORIES) {
                LOG.warn(
                        "FcgidWatch {}: more than {} directories below {}; the others are not watched. Name a smaller tree",
                        glob.pattern(),
                        MAX_DIRECTORIES,
                        glob.base());
                return FileVisitResult.TERMINATE;
            }
            watches.add(watcher.watchNames(directory.toRealPath(), new Names(directory)));
            if (Files.isSymbolicLink(directory)) {
                files.add(directory); // switched elsewhere, it leads to other files
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (matcher.matches(file)) {
                files.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException why) {
            if (matcher.matches(file)) {
                files.add(file); // a link to nothing yet
            }
            return FileVisitResult
                    .CONTINUE; // it vanished, which its directory's watch tells, or leads round in a circle
        }
    }

    /** Told of names in one directory. */
    private final class Names implements FileWatcher.NameListener {
        private final Path directory;

        Names(Path directory) {
            this.directory = directory;
        }

        @Override
        public void nameChanged(String name) {
            Path path = directory.resolve(name);
            if (files.contains(path)) {
                return; // watched by itself, so that one that is being written counts when it is complete
            }
            boolean deeper =
                    glob.depth() - 1 > directory.getNameCount() - glob.root().getNameCount();
            if (matcher.matches(path) || (deeper && Files.isDirectory(path))) {
                listener.changed(path);
            }
        }

        @Override
        public void allChanged() {
            listener.changed(directory);
        }
    }
}
