/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

    private static final int LONGEST = 80;
    private static final int PER_SECOND = 3;

    private final FakeClock clock = FakeClock.standing(0);
    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter =
            new LineSplitter(new ProcessSettings(Path.of("/tmp"), LONGEST, PER_SECOND, false), clock, lines::add);

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.accept(bytes, bytes.length);
    }

    @Test
    void lineMayArriveInPieces() {
        write("one, t");
        write("wo\nthree");

        assertThat(lines).containsExactly("one, two");
    }

    @Test
    void onlyTheCountedBytesAreTaken() {
        splitter.accept("a\nb\n".getBytes(StandardCharsets.UTF_8), 2);

        assertThat(lines).containsExactly("a");
    }

    @Test
    void restOfTheStreamIsALine() {
        write("no line end");

        splitter.end();

        assertThat(lines).containsExactly("no line end");
    }

    @Test
    void endAfterALineEndAddsNothing() {
        write("whole\n");

        splitter.end();

        assertThat(lines).containsExactly("whole");
    }

    @Test
    void carriageReturnBeforeTheLineEndIsNoPartOfTheLine() {
        write("a\r\n\r\nb\rc\n");

        assertThat(lines).containsExactly("a", "", "b?c");
    }

    @Test
    void controlCharactersCanNotForgeALogLine() {
        write("a\u001b[2Kb\u0007\tc\n");

        assertThat(lines).containsExactly("a?[2Kb?\tc");
    }

    @Test
    void lineOfTheGreatestLengthIsWhole() {
        write("x".repeat(LONGEST) + "\n");

        assertThat(lines).containsExactly("x".repeat(LONGEST));
    }

    @Test
    void longerLineIsCutAndSaysHowMuchIsMissing() {
        write("x".repeat(LONGEST) + "123\nnext\n");

        assertThat(lines).containsExactly("x".repeat(LONGEST) + " (3 bytes cut)", "next");
    }

    @Test
    void moreLinesThanASecondAllowsAreCountedAndDropped() {
        write("1\n2\n3\n4\n5\n");

        clock.advance(TimeUnit.SECONDS.toNanos(1));
        write("6\n");

        assertThat(lines).containsExactly("1", "2", "3", "(2 lines dropped: more than 3 in a second)", "6");
    }

    @Test
    void droppedLinesAreReportedAtTheEnd() {
        write("1\n2\n3\n4\n");

        splitter.end();

        assertThat(lines).endsWith("(1 lines dropped: more than 3 in a second)");
    }

    @Test
    void nextSecondAllowsAsManyLinesAgain() {
        write("1\n2\n3\n");

        clock.advance(TimeUnit.SECONDS.toNanos(1));
        write("4\n5\n6\n");

        assertThat(lines).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void brokenUtf8DoesNotStopALine() {
        splitter.accept(new byte[] {'a', (byte) 0xFF, 'b', '\n'}, 4);

        assertThat(lines).containsExactly("a\uFFFDb");
    }
}
