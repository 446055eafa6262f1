/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of README and docs are those that the build, the jar and the benchmarks understand. */
class CommandsTest {

    private static final Path POM = Path.of("pom.xml");
    /** For each command what the project's files must say, so that it does what the page promises. */
    private static final Map<String, Map<Path, String>> MEANING = Map.of(
            "mvn -q compile exec:java",
            Map.of(POM, "<argument>example</argument>\n            <argument>target/example-site</argument>"),
            "mvn verify",
            Map.of(Path.of(".ci/run"), "mvn -B -ntp verify -Dfcgid4j.interpreters=required"),
            "mvn package",
            Map.of(POM, "<outputFile>${project.build.directory}/fcgid4j-server.jar</outputFile>"),
            "mvn package -DskipTests",
            Map.of(POM, "<argument>${skipTests}</argument>"),
            "mvn install -DskipTests",
            Map.of(POM, "<argument>${skipTests}</argument>"));

    private static final Pattern JMH =
            Pattern.compile("mvn -q test-compile exec:exec@jmh( -Djmh.args=(\"[^\"]*\"|\\S+))?");
    private static final Pattern BENCH = Pattern.compile("(?:[A-Z_]+='[^']*' )?(src/bench/\\S+)(.*)");
    private static final Pattern JAR =
            Pattern.compile("java (?:-XX:\\S+ |-Xm\\S+ )*-jar target/fcgid4j-server\\.jar (serve|example)(.*)");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    /** Lines of shell blocks, and commands in the text. */
    static Stream<String> commands() {
        Stream<String> blocks = MarkdownPage.all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> block.text().lines())
                .map(line -> line.replaceFirst("\\s+#.*", "").strip())
                .filter(line -> !line.isEmpty());
        Stream<String> inline = MarkdownPage.all().stream()
                .flatMap(page -> page.code().stream())
                .filter(code ->
                        code.startsWith("mvn ") || code.startsWith("src/bench/") || code.startsWith("java -jar"));
        return Stream.concat(blocks, inline).distinct();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandIsUnderstood(String command) throws IOException {
        if (MEANING.containsKey(command)) {
            for (Map.Entry<Path, String> file : MEANING.get(command).entrySet()) {
                assertThat(file.getKey()).content().contains(file.getValue());
            }
        } else if (JMH.matcher(command).matches()) {
            assertThat(POM).content().contains("<id>jmh</id>", "org.openjdk.jmh.Main ${jmh.args}");
        } else if (BENCH.matcher(command).matches()) {
            assertOptionsAreKnown(BENCH.matcher(command).results().findFirst().orElseThrow());
        } else {
            assertThat(command).matches(JAR);
            Path source = Path.of("src/main/java/dev/fcgid4j/server/ServeCommand.java");
            assertThat(OPTION.matcher(command).results().map(MatchResult::group))
                    .allSatisfy(option -> assertThat(source).content().contains("names = \"" + option + "\""));
        }
    }

    private static void assertOptionsAreKnown(MatchResult command) throws IOException {
        Path program = Path.of(command.group(1));
        String source = Files.readString(program);
        List<String> options = OPTION.matcher(command.group(2))
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(program).isExecutable();
        assertThat(options).allSatisfy(option -> assertThat(source).contains("add_argument(\"" + option + "\""));
    }

    @Test
    void readmeRunsServesAndTests() {
        assertThat(MarkdownPage.read(Path.of("README.md")).blocks())
                .filteredOn(block -> block.language().equals("sh"))
                .extracting(MarkdownPage.Block::text)
                .anyMatch(text -> text.equals("mvn -q compile exec:java"))
                .anyMatch(text -> text.equals("mvn verify"))
                .anyMatch(text -> text.startsWith("java -jar target/fcgid4j-server.jar serve"));
    }

    @Test
    void archiveOfClassesIsMadeWhereTheReadmeLooksForIt() {
        assertThat(POM).content().contains("<argument>${project.build.directory}/fcgid4j-server.jsa</argument>");
        assertThat(Path.of("README.md")).content().contains("-XX:SharedArchiveFile=target/fcgid4j-server.jsa");
    }
}
