/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.LinkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Checks the symbolic links in the path of a file against the options of the folders that hold them. Stateless; blocks. */
final class LinkCheck {

    private static final int FORBIDDEN = 403;

    private LinkCheck() {}

    /** Returns the refusal of a link that is not followed; empty if there is none. */
    static Optional<Resolution> refusal(LinkPolicy links, Path child) {
        if (links.followsAll() || !Files.isSymbolicLink(child) || (links.sameOwner() && isOwnLink(child))) {
            return Optional.empty();
        }
        return Optional.of(new Resolution.Refused(FORBIDDEN, "Options do not follow the symbolic link " + child));
    }

    /** Returns whether a link belongs to the owner of what it leads to. */
    private static boolean isOwnLink(Path link) {
        try {
            return Files.getOwner(link, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(link));
        } catch (IOException e) {
            FileKinds.check(e);
            return false; // removed meanwhile, or a link to nowhere
        }
    }
}
