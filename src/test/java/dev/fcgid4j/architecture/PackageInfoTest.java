/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The line "Depends on" of a package's description names the packages that its classes import. */
class PackageInfoTest {

    private static final Path MAIN = Path.of("src/main/java/dev/fcgid4j");
    private static final Pattern SENTENCE = Pattern.compile("Depends on:([^.]*)\\.");
    private static final Pattern NAME = Pattern.compile("\\{@code(?: |\\s+\\*\\s+)(\\w+)}");
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?dev\\.fcgid4j\\.([a-z]\\w*)\\.[A-Z]");

    static Stream<Path> packages() throws IOException {
        try (Stream<Path> folders = Files.list(MAIN)) {
            return folders
                    .filter(Files::isDirectory)
                    .filter(folder -> !folder.endsWith("server")) // it may use all others
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("packages")
    void namesThePackagesThatItUses(Path folder) throws IOException {
        Matcher sentence = SENTENCE.matcher(Files.readString(folder.resolve("package-info.java")));

        assertThat(sentence.find()).as("a sentence \"Depends on: …\"").isTrue();
        assertThat(all(NAME, sentence.group(1))).isEqualTo(imported(folder));
    }

    private static Set<String> imported(Path folder) throws IOException {
        Set<String> imported = new TreeSet<>();
        for (Path source : sources(folder)) {
            imported.addAll(all(IMPORT, Files.readString(source)));
        }
        imported.remove("api"); // a mark, which every package may carry
        imported.remove(folder.getFileName().toString()); // a static import of its own
        return imported;
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                    .toList();
        }
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult m) -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
