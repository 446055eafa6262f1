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
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all files that match one of several {@link Glob}s, those that appear later included.
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

    private final FileWatcher.Watch directories;
    private final FileWatcher.Watch contents;
    private final Set<Path> files;

    private TreeWatch(FileWatcher.Watch directories, FileWatcher.Watch contents, Set<Path> files) {
        this.directories = directories;
        this.contents = contents;
        this.files = files;
    }

    /** Arms one. Blocks: reads the directories. */
    public static TreeWatch arm(FileWatcher watcher, Collection<Glob> globs, FileWatcher.FileListener listener) {
        List<FileWatcher.Watch> directories = new ArrayList<>();
        Set<Path> files = new HashSet<>();
        Set<Path> watched = new HashSet<>();
        for (Glob glob : globs) {
            Tree tree = new Tree(watcher, glob, listener);
            tree.walk();
            directories.addAll(tree.directories);
            tree.files.remove(glob.root());
            files.addAll(tree.files);
            watched.add(glob.root()); // told when the root itself appears, too
        }
        watched.addAll(files);
        FileWatcher.Watch contents = watcher.watchForWriters(watched, listener);
        return new TreeWatch(FileWatcher.Watch.all(directories), contents, Set.copyOf(files));
    }

    /** The files that matched when it was armed, and links to directories on their way. */
    public Set<Path> files() {
        return files;
    }

    @Override
    public boolean immediate() {
        return directories.immediate() && contents.immediate();
    }

    @Override
    public void compare() {
        directories.compare();
        contents.compare();
    }

    @Override
    public boolean isBeingChanged() {
        return contents.isBeingChanged();
    }

    @Override
    public void close() {
        directories.close();
        contents.close();
    }

    /** What one pattern matches. Watches each directory before it looks at what is in it. */
    private static final class Tree extends SimpleFileVisitor<Path> {
        private final FileWatcher watcher;
        private final Glob glob;
        private final PathMatcher matcher;
        private final FileWatcher.FileListener listener;
        private final List<FileWatcher.Watch> directories = new ArrayList<>();
        private final Set<Path> files =
                ConcurrentHashMap.newKeySet(); // read by whoever drains, already while it is armed

        Tree(FileWatcher watcher, Glob glob, FileWatcher.FileListener listener) {
            this.watcher = watcher;
            this.glob = glob;
            this.matcher = glob.matcher();
            this.listener = listener;
        }

        void walk() {
            try {
                Files.walkFileTree(glob.root(), EnumSet.of(FileVisitOption.FOLLOW_LINKS), glob.depth(), this);
            } catch (IOException e) {
                LOG.warn("{} can't be looked through for {}: {}", glob.root(), glob.pattern(), e.toString());
            }
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (directories.size() >= MAX_DIRECTORIES) {
                LOG.warn(
                        "FcgidWatch {}: more than {} directories below {}; the others are not watched. Name a smaller tree",
                        glob.pattern(),
                        MAX_DIRECTORIES,
                        glob.base());
                return FileVisitResult.TERMINATE;
            }
            directories.add(watcher.watchNames(directory.toRealPath(), new Names(directory)));
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
                boolean deeper = glob.depth() - 1
                        > directory.getNameCount() - glob.root().getNameCount();
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
}
