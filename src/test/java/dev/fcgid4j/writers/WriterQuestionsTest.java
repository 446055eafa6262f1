/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.posix.Writers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriterQuestionsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final WriterQuestions questions = new WriterQuestions();

    /** Asks at a moment, and gets an answer. */
    private void ask(long seconds, Writers.Known answer) {
        questions.asking(seconds * SECOND);
        questions.answered(answer);
    }

    private boolean isDueAfterAnOpeningAt(long seconds) {
        return questions.isDue(seconds * SECOND);
    }

    @Test
    void firstQuestionIsDueAtOnce() {
        assertThat(isDueAfterAnOpeningAt(0)).isTrue();
        assertThat(questions.delayNanos(5 * SECOND)).isEqualTo(SECOND);
        assertThat(WriterQuestions.longAgo(10 * SECOND)).isEqualTo(9 * SECOND);
    }

    @Test
    void openingSoonAfterAQuestionIsNotAskedAbout() {
        ask(10, Writers.Known.NONE);

        assertThat(isDueAfterAnOpeningAt(10)).isFalse();
        assertThat(isDueAfterAnOpeningAt(12)).isFalse();
        assertThat(isDueAfterAnOpeningAt(13)).isTrue();
    }

    @Test
    void eachQuestionSoonAfterAnotherDoublesTheTime() {
        ask(10, Writers.Known.NONE);
        ask(13, Writers.Known.NONE);
        assertThat(isDueAfterAnOpeningAt(18)).isFalse();
        assertThat(isDueAfterAnOpeningAt(19)).isTrue();

        ask(19, Writers.Known.NONE);

        assertThat(isDueAfterAnOpeningAt(30)).isFalse();
        assertThat(isDueAfterAnOpeningAt(31)).isTrue();
    }

    @Test
    void timeEndsAtFortyEightSeconds() {
        long at = 0;
        for (int seconds : new int[] {3, 6, 12, 24, 48, 48, 48}) {
            ask(at, Writers.Known.NONE);
            assertThat(isDueAfterAnOpeningAt(at + seconds - 1)).isFalse();
            at += seconds;
            assertThat(isDueAfterAnOpeningAt(at)).isTrue();
        }
    }

    @Test
    void questionLongAfterAnotherStartsAnew() {
        ask(10, Writers.Known.NONE);
        ask(13, Writers.Known.NONE);

        ask(100, Writers.Known.NONE);

        assertThat(isDueAfterAnOpeningAt(102)).isFalse();
        assertThat(isDueAfterAnOpeningAt(103)).isTrue();
    }

    @Test
    void nextQuestionIsDueWhileThereIsAWriter() {
        ask(10, Writers.Known.SOME);

        assertThat(isDueAfterAnOpeningAt(10)).isTrue();
    }

    @Test
    void newListenerIsAnsweredAtOnce() {
        ask(10, Writers.Known.NONE);

        questions.askAgain();

        assertThat(isDueAfterAnOpeningAt(10)).isTrue();
    }

    @Test
    void fileOfUnknownWritersIsNeverAskedAboutAgain() {
        ask(10, Writers.Known.UNKNOWN);
        questions.askAgain();

        assertThat(isDueAfterAnOpeningAt(1000)).isFalse();
        assertThat(questions.delayNanos(5 * SECOND)).as("the quiet time").isEqualTo(5 * SECOND);
        assertThat(questions.delayNanos(1)).isEqualTo(SECOND);
    }
}
