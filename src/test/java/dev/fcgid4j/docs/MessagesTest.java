/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that docs/troubleshooting.md quotes are written by the library and asserted by a test. */
class MessagesTest {

    private static final Path PAGE = Path.of("docs/troubleshooting.md");
    private static final Pattern FIRST_CELL = Pattern.compile("^\\| `([^`]+)` \\|.*");
    private static final Pattern VARIABLE = Pattern.compile("…|\\{}");
    private static final Pattern COMMENT = Pattern.compile("\\s*(//|/?\\*).*");
    private static final int SHORTEST = 8; // pieces below say nothing by themselves

    private static String library;
    private static String tests;

    @BeforeAll
    static void readSources() throws IOException {
        library = literals(Path.of("src/main/java"));
        tests = literals(Path.of("src/test/java"));
    }

    /** All sources, with the parts of a string that is put together in one piece. */
    private static String literals(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("MessagesTest.java"))
                    .map(MarkdownPage::read)
                    .map(file -> withoutComments(file.lines()).replaceAll("\"\\s*\\+\\s*\"", ""))
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String withoutComments(List<String> lines) {
        return lines.stream().filter(line -> !COMMENT.matcher(line).matches()).collect(Collectors.joining("\n"));
    }

    static Stream<String> pieces() {
        return MarkdownPage.read(PAGE).lines().stream()
                .map(FIRST_CELL::matcher)
                .filter(row -> row.matches())
                .flatMap(row -> VARIABLE.splitAsStream(row.group(1)))
                .map(String::strip)
                .filter(piece -> piece.length() >= SHORTEST);
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void quotedMessageIsWrittenByTheLibrary(String piece) {
        assertThat(library.contains(piece))
                .as("a literal of the library has: %s", piece)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void quotedMessageIsAssertedByATest(String piece) {
        assertThat(tests.contains(piece)).as("a test asserts: %s", piece).isTrue();
    }

    @Test
    void everyRowQuotesAMessage() {
        List<String> rows = MarkdownPage.read(PAGE).lines().stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| message"))
                .toList();

        assertThat(rows).isNotEmpty().allMatch(FIRST_CELL.asMatchPredicate());
        assertThat(pieces().count()).isGreaterThanOrEqualTo(rows.size());
    }
}
