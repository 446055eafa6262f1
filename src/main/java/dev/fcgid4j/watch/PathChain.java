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
 * Everything that decides what a path names: each directory on the way, and the names in them that are symbolic links,
 * missing, or the file itself.
 *
 * @param directories real directories passed through; when one is moved or removed the path names something else
 * @param names a directory and a name in it whose change may change what the path names
 */
record PathChain(List<Path> directories, List<Link> names) {

    private static final int MAX_LINKS = 40;

    /**
     * A name to watch.
     *
     * @param last whether it is the file itself, so that writing to it matters
     */
    record Link(Path directory, String name, boolean last) {}

    /** What a name is. */
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
                return OTHER; // it isn't there
            }
        }
    }

    /** Names on the way to files, each looked at once. Threading: one thread. */
    static final class Names {
        private final Map<Path, Kind> kinds = new HashMap<>();
        private final Map<Path, Optional<Path>> targets = new HashMap<>();

        private Kind kind(Path path) {
            return kinds.computeIfAbsent(path, Kind::of);
        }

        /** Where a link leads; nothing when it isn't one any more. */
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

    /** Follows a path as the system does. */
    static PathChain of(Path path) {
        return of(path, new Names());
    }

    /** The same, of several paths at about the same time: what they have in common is looked at once. */
    static PathChain of(Path path, Names seen) {
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
            Path next = here.resolve(part); // a name that the system's character set doesn't have is no String
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
            left.clear(); // switched meanwhile: its name is watched, and the chain is followed again
            return here;
        }
        Path target = link.get();
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
            left.addFirst(target.getName(i));
        }
        return target.isAbsolute() ? target.getRoot() : here;
    }
}
