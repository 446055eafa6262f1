/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a page points at is there. */
class LinksTest {

    private static final Pattern TYPE = Pattern.compile("(?:([a-z0-9]+)/)?([A-Z]\\w+)(?:\\.\\w+)?(?:\\(\\))?");
    private static final Pattern TEST = Pattern.compile("[A-Z]\\w+(?:Test|IT)");
    private static final Pattern PAGE_IN_SOURCE = Pattern.compile("docs/[\\w/.-]*\\w");
    /** Pages that name classes as {@code package/Class}. */
    private static final Set<String> MAPS = Set.of("architecture.md", "threading.md");

    /** Types of other libraries, and directives without the prefix {@code Fcgid}. */
    private static final Set<String> FOREIGN =
            Set.of("ByteBuf", "ConcurrentHashMap", "LongSupplier", "MaxConnections", "MaxConnectionsPerAddress");

    static List<MarkdownPage> pages() {
        return MarkdownPage.all();
    }

    static Stream<MarkdownPage> maps() {
        return pages().stream()
                .filter(page -> MAPS.contains(page.file().getFileName().toString()));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void relativeLinkLeadsToAFileAndItsHeading(MarkdownPage page) {
        List<String> relative =
                page.links().stream().filter(link -> !link.contains("://")).toList();

        assertThat(relative).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? page.file() : sibling(page, parts[0]);
            assertThat(target).exists();
            if (parts.length > 1) {
                assertThat(MarkdownPage.read(target).anchors()).contains(parts[1]);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namedFileOfTheProjectExists(MarkdownPage page) {
        List<String> files = page.code().stream()
                .map(code -> code.split(" ", 2)[0])
                .filter(code -> code.matches("(src|docs|\\.ci)/.*"))
                .toList();

        assertThat(files).allSatisfy(file -> assertThat(Path.of(file)).exists());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namedTestExists(MarkdownPage page) throws IOException {
        List<String> tests =
                page.code().stream().filter(TEST.asMatchPredicate()).toList();

        Set<String> known = names("src/test/java");
        assertThat(tests).filteredOn(name -> !known.contains(name)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("maps")
    void namedClassExistsInItsPackage(MarkdownPage page) throws IOException {
        Set<String> known = names("src/main/java");
        List<String> named = Pattern.compile("\\b[a-z0-9]+/[A-Z]\\w+")
                .matcher(String.join("\n", page.lines()))
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(named).isNotEmpty();
        assertThat(named).filteredOn(name -> !known.contains(name)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("maps")
    void typeInBackticksExists(MarkdownPage page) throws IOException {
        Set<String> known = names("src/main/java");
        known.addAll(names("src/test/java"));
        known.addAll(FOREIGN);
        List<String> types = page.code().stream()
                .map(TYPE::matcher)
                .filter(m -> m.matches() && m.group(2).matches("\\w*[a-z]\\w*"))
                .map(m -> m.group(2))
                .filter(name -> !name.startsWith("Fcgid") || known.contains(name)) // directives are no types
                .toList();

        assertThat(types).filteredOn(name -> !known.contains(name)).isEmpty();
    }

    @Test
    void pageThatASourceFileNamesExists() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src"))) {
            for (Path source :
                    sources.filter(f -> f.toString().endsWith(".java")).toList()) {
                List<String> pages = PAGE_IN_SOURCE
                        .matcher(Files.readString(source))
                        .results()
                        .map(MatchResult::group)
                        .toList();
                assertThat(pages).as("pages named by %s", source).allSatisfy(page -> assertThat(Path.of(page))
                        .exists());
            }
        }
    }

    private static Path sibling(MarkdownPage page, String link) {
        return Path.of("").resolve(page.file()).resolveSibling(link).normalize();
    }

    /** The names of types, alone and with their package. */
    private static Set<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .flatMap(f -> {
                        String name = f.getFileName().toString().replace(".java", "");
                        return Stream.of(name, f.getParent().getFileName() + "/" + name);
                    })
                    .collect(Collectors.toSet());
        }
    }
}
