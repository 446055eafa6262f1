/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What decides which file a path names: each directory on the path, and the names in them that are symbolic links, missing,
 * or the file itself.
 *
 * @param directories the real directories passed through; if one is moved or removed, the path names another file
 * @param names each a directory and a name in it whose change may change what the path names
 */
public record PathChain(List<Path> directories, List<Link> names) {

    private static final int MAX_LINKS = 40;

    /**
     * A name to watch.
     *
     * @param last whether it is the file itself, so that writes to it count
     */
    public record Link(Path directory, String name, boolean last) {}

    /** The kinds of directory entry. */
    private enum Kind {
        LINK,
        DIRECTORY,
        OTHER;

        /** One system call. */
        static Kind of(Path path) {
            try {
                BasicFileAttributes now =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                return now.isSymbolicLink() ? LINK : now.isDirectory() ? DIRECTORY : OTHER;
            } catch (IOException e) {
                return OTHER; // there is no such file
            }
        }
    }

    /** Remembers the names on the paths, so that each is read once. Threading: one thread. */
    public static final class Names {
        private final Map<Path, Kind> kinds = new HashMap<>();
        private final Map<Path, Optional<Path>> targets = new HashMap<>();

        private Kind kind(Path path) {
            return kinds.computeIfAbsent(path, Kind::of);
        }

        /** The target of a link; nothing if it is no link any more. */
        private Optional<Path> target(Path link) {
            return targets.computeIfAbsent(link, l -> {
                try {
                    return Optional.of(Files.readSymbolicLink(l));
                } catch (IOException e) {
                    return Optional.empty();
                }
            });
        }
    }

    /** Follows a path as the kernel does. Reads the disk. */
    public static PathChain of(Path path) {
        return of(path, new Names());
    }

    /** The same for several paths at about the same time: what {@code seen} holds already is not read again. */
    public static PathChain of(Path path, Names seen) {
        List<Path> directories = new ArrayList<>();
        List<Link> names = new ArrayList<>();
        ArrayDeque<Path> left = new ArrayDeque<>();
        path.toAbsolutePath().normalize().forEach(left::add);
        Path here = path.toAbsolutePath().getRoot();
        int links = 0;
        while (!left.isEmpty()) {
            Path part = left.remove();
            String name = part.toString();
            if (name.equals("..")) {
                here = here.getParent() == null ? here : here.getParent();
                continue;
            }
            Path next = here.resolve(part); // not by its String, which can't hold every name
            Kind kind = seen.kind(next);
            if (kind == Kind.LINK && ++links <= MAX_LINKS) {
                names.add(new Link(here, name, false));
                here = follow(seen.target(next), here, left);
            } else if (kind == Kind.DIRECTORY) {
                here = next;
                directories.add(here);
            } else {
                names.add(new Link(here, name, left.isEmpty()));
                break;
            }
        }
        return new PathChain(directories, names);
    }

    private static Path follow(Optional<Path> link, Path here, ArrayDeque<Path> left) {
        if (link.isEmpty()) {
            left.clear(); // switched meanwhile: its name is watched, and the path is followed again
            return here;
        }
        Path target = link.get();
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
            left.addFirst(target.getName(i));
        }
        return target.isAbsolute() ? target.getRoot() : here;
    }
}
