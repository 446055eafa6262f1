/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the sizes that keep the code readable: files, methods, comments, and tests beside the code. */
class ShapeTest {

    private static final Sources MAIN = Sources.below(Path.of("src/main/java"));
    private static final Sources TESTS = Sources.below(Path.of("src/test/java"));
    private static final List<Sources.File> FILES = MAIN.bySize();
    private static final List<Sources.Method> METHODS = MAIN.methods();

    @BeforeAll
    static void printFigures() {
        System.out.printf(
                Locale.ROOT,
                "main: %d files, %d lines; median %d, 90th percentile %d, longest %s%n"
                        + "methods: %d; median %d, 99th percentile %d, longest %s%n"
                        + "comments: %.1f %% of the lines that are not blank; test lines to main lines: %.2f%n",
                FILES.size(),
                MAIN.lines(),
                fileLines(50),
                fileLines(90),
                described(FILES.stream().filter(file -> file.lines() > 200).toList()),
                METHODS.size(),
                methodLines(50),
                methodLines(99),
                METHODS.stream().filter(method -> method.lines() > 35).toList(),
                100 * MAIN.commentShare(),
                testShare());
    }

    @Test
    void fileHasAtMostThreeHundredLines() {
        assertThat(FILES).allMatch(file -> file.lines() <= 300);
    }

    @Test
    void halfOfTheFilesHaveAtMostSeventyLines() {
        assertThat(fileLines(50)).isLessThanOrEqualTo(70);
    }

    @Test
    void nineOfTenFilesHaveAtMostTwoHundredLines() {
        assertThat(fileLines(90)).isLessThanOrEqualTo(200);
    }

    @Test
    void fifthOfTheLinesIsComment() {
        assertThat(MAIN.commentShare()).isGreaterThanOrEqualTo(0.2);
    }

    @Test
    void testsAreNearlyAsLongAsTheCode() {
        assertThat(testShare()).isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void methodHasAtMostSixtyLines() {
        assertThat(METHODS).allMatch(method -> method.lines() <= 60);
    }

    @Test
    void ninetyNineOfAHundredMethodsHaveAtMostThirtyFiveLines() {
        assertThat(methodLines(99)).isLessThanOrEqualTo(35);
    }

    private static int fileLines(int percent) {
        return FILES.get(FILES.size() * percent / 100).lines();
    }

    private static int methodLines(int percent) {
        return METHODS.get(METHODS.size() * percent / 100).lines();
    }

    private static double testShare() {
        return (double) TESTS.lines() / MAIN.lines();
    }

    private static List<String> described(List<Sources.File> files) {
        return files.stream().map(file -> file.lines() + " " + file.name()).toList();
    }
}
