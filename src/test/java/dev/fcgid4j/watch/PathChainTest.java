/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathChainTest {

    @TempDir
    private Path temp;

    private Path root;

    @BeforeEach
    void realRoot() throws Exception {
        root = temp.toRealPath();
    }

    private static PathChain.Link link(Path directory, String name) {
        return new PathChain.Link(directory, name, false);
    }

    private static PathChain.Link last(Path directory, String name) {
        return new PathChain.Link(directory, name, true);
    }

    @Test
    void plainFileIsTheLastNameAfterItsDirectories() throws Exception {
        Path folder = Files.createDirectories(root.resolve("a/b"));
        Files.createFile(folder.resolve("file"));

        PathChain chain = PathChain.of(folder.resolve("file"));

        assertThat(chain.names()).containsExactly(last(folder, "file"));
        assertThat(chain.directories()).endsWith(root, root.resolve("a"), folder);
    }

    @Test
    void missingFileIsTheLastName() {
        PathChain chain = PathChain.of(root.resolve("missing"));

        assertThat(chain.names()).containsExactly(last(root, "missing"));
    }

    @Test
    void missingDirectoryEndsTheChainAndIsNotTheFile() {
        PathChain chain = PathChain.of(root.resolve("missing/below/file"));

        assertThat(chain.names()).containsExactly(link(root, "missing"));
    }

    @Test
    void directoryItselfHasNoName() {
        PathChain chain = PathChain.of(root);

        assertThat(chain.names()).isEmpty();
        assertThat(chain.directories()).endsWith(root);
    }

    @Test
    void linkToADirectoryIsFollowed() throws Exception {
        Path release = Files.createDirectories(root.resolve("releases/1"));
        Files.createFile(release.resolve("file"));
        Files.createSymbolicLink(root.resolve("current"), release);

        PathChain chain = PathChain.of(root.resolve("current/file"));

        assertThat(chain.names()).containsExactly(link(root, "current"), last(release, "file"));
        assertThat(chain.directories()).contains(release).doesNotContain(root.resolve("current"));
    }

    @Test
    void relativeLinkIsFollowedFromItsDirectory() throws Exception {
        Path folder = Files.createDirectories(root.resolve("a/b"));
        Files.createFile(root.resolve("a/target"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("../target"));

        PathChain chain = PathChain.of(folder.resolve("link"));

        assertThat(chain.names()).containsExactly(link(folder, "link"), last(root.resolve("a"), "target"));
    }

    @Test
    void linkToNothingEndsAtItsTarget() throws Exception {
        Files.createSymbolicLink(root.resolve("link"), root.resolve("missing"));

        PathChain chain = PathChain.of(root.resolve("link"));

        assertThat(chain.names()).containsExactly(link(root, "link"), last(root, "missing"));
    }

    @Test
    void linksInACircleEnd() throws Exception {
        Files.createSymbolicLink(root.resolve("a"), root.resolve("b"));
        Files.createSymbolicLink(root.resolve("b"), root.resolve("a"));

        PathChain chain = PathChain.of(root.resolve("a"));

        assertThat(chain.names()).hasSizeBetween(40, 42);
    }

    @Test
    void nameThatWasReadIsNotReadAgain() throws Exception {
        PathChain.Names seen = new PathChain.Names();
        Path file = root.resolve("folder/file");
        PathChain before = PathChain.of(file, seen);

        Files.createDirectories(root.resolve("folder"));

        assertThat(PathChain.of(file, seen)).isEqualTo(before);
        assertThat(PathChain.of(file)).isNotEqualTo(before);
    }
}
