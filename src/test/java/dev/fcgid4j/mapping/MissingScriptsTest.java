/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A missing file that was a script may come back for a while; other files may not. */
class MissingScriptsTest {

    private static final Resolution NOT_FOUND = new Resolution.Refused(404, "not a file");
    private static final Resolution FORBIDDEN = new Resolution.Refused(403, "no index");
    private static final Resolution FILE = new Resolution.StaticFile(Path.of("/index.html"));

    private static final ProcessClass APPLICATION = new ProcessClass(
            "a",
            new ProcessCommand(List.of("/a"), Map.of(), Path.of("/")),
            ChangePolicy.strict(List.of(Path.of("/a"))));

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final MissingScripts missing = new MissingScripts(Duration.ofSeconds(1), clock::get);

    @TempDir
    private Path root;

    private Path script;

    @BeforeEach
    void place() {
        script = root.resolve("a.fcgi");
    }

    private boolean mayComeBack(Resolution found, boolean wasScript) {
        Optional<Path> before = wasScript ? Optional.of(script) : Optional.empty();
        Resolution decided = missing.begin("/a", before).decide(found);
        if (decided instanceof Resolution.Refused refused && refused.mayComeBack()) {
            return true;
        }
        assertThat(decided).isSameAs(found);
        return false;
    }

    private void pass(long millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void missingScriptMayComeBackForTheQuietTimeFromTheFirstLookup() {
        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
        pass(999);
        assertThat(mayComeBack(NOT_FOUND, false))
                .as("no cached answer names it now")
                .isTrue();
        pass(2);
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
    }

    @Test
    void otherAnswersDoNotReplaceAMissingScript() {
        assertThat(mayComeBack(FILE, true)).as("the next DirectoryIndex").isTrue();
        assertThat(mayComeBack(FORBIDDEN, false)).as("none").isTrue();
        pass(1001);
        assertThat(mayComeBack(FILE, false)).isFalse();
    }

    @Test
    void pathThatWasNoScriptIsRefusedAtOnce() {
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
        assertThat(mayComeBack(FORBIDDEN, false)).isFalse();
    }

    @Test
    void existingScriptThatIsDeniedIsRefusedAtOnce() throws Exception {
        Files.createFile(script);

        assertThat(mayComeBack(FORBIDDEN, true)).isFalse();
    }

    @Test
    void scriptThatReturnsDuringTheLookupIsLookedUpAgain() throws Exception {
        MissingScripts.Lookup lookup = missing.begin("/a", Optional.of(script));
        Files.createFile(script);

        assertThat(lookup.decide(FORBIDDEN))
                .isInstanceOfSatisfying(Resolution.Refused.class, refused -> assertThat(refused.mayComeBack())
                        .isTrue());
        assertThat(mayComeBack(FORBIDDEN, false)).isFalse();
    }

    @Test
    void scriptThatHasReturnedMayBeMissingAgain() {
        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
        Resolution back = new Resolution.Script(
                new ScriptPath("/a", "", script, root, "", root, Map.of()), APPLICATION, Set.of());
        assertThat(missing.begin("/a", Optional.empty()).decide(back)).isSameAs(back);
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
        pass(5000);
        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
    }

    private void fill() {
        for (int i = 0; i < 2_000; i++) {
            missing.begin("/a/" + i, Optional.of(script)).decide(NOT_FOUND);
        }
    }

    @Test
    void twoThousandPathsAreRememberedAndNoMore() {
        fill();

        missing.begin("/b", Optional.of(script)).decide(NOT_FOUND);

        assertThat(missing.begin("/a/1999", Optional.empty()).decide(NOT_FOUND)).isNotSameAs(NOT_FOUND);
        assertThat(missing.begin("/b", Optional.empty()).decide(NOT_FOUND)).isSameAs(NOT_FOUND);
    }

    @Test
    void expiredPathsMakeRoomForOthers() {
        fill();
        assertThat(missing.begin("/b", Optional.of(script)).decide(NOT_FOUND)).isNotSameAs(NOT_FOUND);
        assertThat(mayComeBack(NOT_FOUND, false)).isFalse();
        pass(1001);

        assertThat(mayComeBack(NOT_FOUND, true)).isTrue();
        assertThat(mayComeBack(NOT_FOUND, false)).as("there is room to note it").isTrue();
    }
}
