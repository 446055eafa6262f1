/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What was a script may come back for a while, and nothing else. */
class VanishedTest {

    private static final Resolution NOT_FOUND = new Resolution.Refused(404, "not a file");
    private static final Resolution FORBIDDEN = new Resolution.Refused(403, "no");
    private static final Resolution FILE = new Resolution.StaticFile(Path.of("/a"));

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final Vanished vanished = new Vanished(Duration.ofSeconds(1), clock::get);

    private boolean mayComeBack(Resolution found, boolean wasScript) {
        Resolution judged = vanished.judge("/a", found, wasScript);
        return judged instanceof Resolution.Refused refused && refused.mayComeBack();
    }

    private void pass(long millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void aScriptIsAwayForTheQuietTimeFromTheFirstLook() {
        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
        pass(999);
        assertThat(mayComeBack(NOT_FOUND, false)).as("nobody remembers it now").isTrue();
        pass(2);
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
    }

    @Test
    void whatWasNoScriptIsNotWaitedFor() {
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
        assertThat(mayComeBack(FORBIDDEN, true)).isFalse();
    }

    @Test
    void whatHasComeBackMayGoAgain() {
        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
        assertThat(vanished.judge("/a", FILE, false)).isSameAs(FILE);
        assertThat(mayComeBack(NOT_FOUND, false)).as("it was a plain file").isFalse();
        pass(5000);
        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
    }
}
