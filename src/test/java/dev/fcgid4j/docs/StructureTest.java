/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.worker.WorkerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages on architecture and threading list is what the sources have. */
class StructureTest {

    private static final MarkdownPage ARCHITECTURE = MarkdownPage.read(Path.of("docs/architecture.md"));
    private static final Path THREADING = Path.of("docs/threading.md");
    private static final Path LAYERS_TEST = Path.of("src/test/java/dev/fcgid4j/architecture/LayersTest.java");
    private static final Pattern ENTRY = Pattern.compile("Map\\.entry\\(\"(\\w*)\", (\\d+)\\)");
    private static final Pattern LAYER = Pattern.compile("(?m)^(\\d)  ((?:<?\\w+>? {1,2})+?) {2,}\\S.*$");
    private static final Pattern THREAD = Pattern.compile("\"(fcgid4j-(?!guardian)[a-z]+)\"");
    private static final Pattern LOCK = Pattern.compile("new ReentrantLock\\(|\\bsynchronized\\b[ (]");

    private static final Pattern SPACES = Pattern.compile(" +");

    @Test
    void layersOfThePageAreThoseOfTheTest() throws IOException {
        Map<String, Integer> tested = new TreeMap<>();
        Matcher entry = ENTRY.matcher(Files.readString(LAYERS_TEST));
        while (entry.find()) {
            tested.put(entry.group(1), Integer.parseInt(entry.group(2)));
        }

        Map<String, Integer> drawn = new TreeMap<>();
        Matcher layer = LAYER.matcher(blockThatContains("9  server"));
        while (layer.find()) {
            for (String name : SPACES.split(layer.group(2).trim(), -1)) {
                drawn.put(name.equals("<base>") ? "" : name, Integer.parseInt(layer.group(1)));
            }
        }

        assertThat(drawn).isEqualTo(tested).isNotEmpty();
    }

    @Test
    void pictureOfTheWorkersStatesHasEachState() {
        Set<String> drawn = Pattern.compile("\\b[A-Z]{4,}\\b")
                .matcher(blockThatContains("STARTING"))
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(drawn)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(WorkerState.values()).map(Enum::name).toList());
    }

    @Test
    void everyThreadIsListed() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path source : sources()) {
            Matcher thread = THREAD.matcher(Files.readString(source));
            while (thread.find()) {
                names.add(thread.group(1));
            }
        }

        assertThat(names)
                .hasSizeGreaterThan(3)
                .allSatisfy(name -> assertThat(THREADING).content().contains("`" + name));
    }

    @Test
    void everyClassWithALockIsListed() throws IOException {
        Set<String> owners = new TreeSet<>();
        for (Path source : sources()) {
            String code = Files.readString(source).replaceAll("(?m)^\\s*\\*.*$|//.*", "");
            if (LOCK.matcher(code).find()) {
                owners.add(source.getParent().getFileName() + "/"
                        + source.getFileName().toString().replace(".java", ""));
            }
        }

        assertThat(owners)
                .isNotEmpty()
                .allSatisfy(owner -> assertThat(THREADING).content().contains("`" + owner + "`"));
    }

    private static String blockThatContains(String text) {
        return ARCHITECTURE.blocks().stream()
                .map(MarkdownPage.Block::text)
                .filter(block -> block.contains(text))
                .findFirst()
                .orElseThrow();
    }

    private static Iterable<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
