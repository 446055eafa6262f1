/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.Glob;
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
 * Watches all files that match one of several {@link Glob}s, and reports files that appear later.
 *
 * <p>Symbolic links are followed, each directory once on its path. Both the link and its target are watched.
 *
 * <p>A new or removed directory that may hold matching files counts as a change, because files may have come with it
 * unseen. The listener then arms a new watch, which finds them.
 *
 * <p>Threading: {@link #arm} blocks; the rest as {@link WriterWatch}.
 */
public final class TreeWatch implements WriterWatch {

    private static final Logger LOG = LoggerFactory.getLogger(TreeWatch.class);
    private static final int MAX_DIRECTORIES = 5_000;

    private final FileWatcher.Watch directories;
    private final WriterWatch contents;
    private final Set<Path> files;

    private TreeWatch(FileWatcher.Watch directories, WriterWatch contents, Set<Path> files) {
        this.directories = directories;
        this.contents = contents;
        this.files = files;
    }

    /**
     * Begins to watch. Reads the directories.
     *
     * @param watcher watches the directories
     * @param detector watches the files that match
     */
    public static TreeWatch arm(
            FileWatcher watcher, WriterDetector detector, Collection<Glob> globs, FileWatcher.FileListener listener) {
        List<FileWatcher.Watch> directories = new ArrayList<>();
        Set<Path> files = new HashSet<>();
        Set<Path> watched = new HashSet<>();
        for (Glob glob : globs) {
            Tree tree = new Tree(watcher, glob, listener);
            tree.walk();
            directories.addAll(tree.directories);
            tree.files.remove(glob.root());
            files.addAll(tree.files);
            watched.add(glob.root()); // so that it is reported if the root itself appears
        }
        watched.addAll(files);
        WriterWatch contents = detector.watchMany(watched, listener);
        return new TreeWatch(FileWatcher.Watch.all(directories), contents, Set.copyOf(files));
    }

    /** The files that matched when the watch began, and symbolic links to directories on their paths. */
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

    /** The files that one pattern matches. Watches each directory before it reads the entries. */
    private static final class Tree extends SimpleFileVisitor<Path> {
        private final FileWatcher watcher;
        private final Glob glob;
        private final PathMatcher matcher;
        private final FileWatcher.FileListener listener;
        private final List<FileWatcher.Watch> directories = new ArrayList<>();
        private final Set<Path> files = ConcurrentHashMap.newKeySet(); // listeners read it while it is being filled

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
                files.add(directory); // if it is switched, its files are other ones
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
                files.add(file); // a link whose target doesn't exist yet
            }
            // It was removed, which the watch of its directory reports, or it is a link to a directory above it.
            return FileVisitResult.CONTINUE;
        }

        /** Receives the changed names of one directory. */
        private final class Names implements FileWatcher.NameListener {
            private final Path directory;

            Names(Path directory) {
                this.directory = directory;
            }

            @Override
            public void nameChanged(String name) {
                Path path = directory.resolve(name);
                if (files.contains(path)) {
                    return; // it has its own watch, so that it counts when its writer is done
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
