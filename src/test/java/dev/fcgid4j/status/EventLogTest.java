/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.status;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RequestMeter;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.testkit.LogCapture;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private static final Path FILE = Path.of("/site/a");

    private final LogCapture log = LogCapture.of(EventLog.LOGGER);

    @AfterEach
    void close() {
        log.close();
    }

    private void assertLine(FcgiEvent event, Level level, String line) {
        new EventLog().onEvent(event);

        assertThat(log.lines()).containsExactly(line);
        assertThat(log.lines(level)).containsExactly(line);
    }

    private void assertNoLine(FcgiEvent event) {
        new EventLog().onEvent(event);

        assertThat(log.lines()).isEmpty();
    }

    @Test
    void startIsInfo() {
        assertLine(new FcgiEvent.WorkerStarted("/a", 42, 3), Level.INFO, "started /a[42], generation 3");
    }

    @Test
    void startThatCanNotBeMadeIsAWarning() {
        assertLine(
                new FcgiEvent.StartFailed("/a", 0, "no such file", false),
                Level.WARN,
                "/a can't be started: no such file");
    }

    @Test
    void startOfAProcessThatEndsAtOnceIsAWarningInItsOwnWords() {
        assertLine(
                new FcgiEvent.StartFailed("/a", 42, "/a[42] ended before it accepted", false),
                Level.WARN,
                "/a[42] ended before it accepted");
    }

    @Test
    void startThatFailsDuringAChangeIsInfo() {
        assertLine(
                new FcgiEvent.StartFailed("/a", 0, "half a file", true),
                Level.INFO,
                "/a could not be started while its files changed: half a file");
    }

    @Test
    void retirementNamesReasonAndFile() {
        assertLine(
                new FcgiEvent.WorkerRetired("/a", 42, RetireReason.SCRIPT_CHANGED, Optional.of(FILE)),
                Level.INFO,
                "stopping /a[42]: its file changed: /site/a");
    }

    @Test
    void retirementWithoutAFileNamesTheReason() {
        assertLine(
                new FcgiEvent.WorkerRetired("/a", 42, RetireReason.IDLE_TIMEOUT, Optional.empty()),
                Level.INFO,
                "stopping /a[42]: idle timeout");
    }

    @Test
    void killIsAWarning() {
        assertLine(
                new FcgiEvent.WorkerKilled("/a", 42),
                Level.WARN,
                "/a[42] did not end within the grace time (FcgidErrorScanInterval); killing it");
    }

    @Test
    void exitIsInfo() {
        assertLine(exited(false), Level.INFO, "/a[42] ended with exit code 0 after 7 requests: lifetime expired");
    }

    @Test
    void crashIsOneWarning() {
        new EventLog().onEvent(exited(true));
        assertLine(
                new FcgiEvent.WorkerCrashed("/a", 42, ExitStatus.killed(11), 7),
                Level.WARN,
                "/a[42] ended by itself with signal 11 after 7 requests");
    }

    private static FcgiEvent exited(boolean crashed) {
        return new FcgiEvent.WorkerExited(
                "/a", 42, ExitStatus.exited(0), 7, RetireReason.LIFETIME, Optional.empty(), crashed);
    }

    @Test
    void unreadKeptConnectionIsAWarningThatNamesTheDirective() {
        assertLine(
                new FcgiEvent.KeptConnectionUnread("/a", 42),
                Level.WARN,
                "/a[42] does not read a request on a kept connection; /a keeps no connections from now on. Say"
                        + " FcgidKeepConnection Off if it accepts under a lock that its threads share");
    }

    @Test
    void takeOverIsInfo() {
        assertLine(new FcgiEvent.RolloutEnded("/a", 3, true, ""), Level.INFO, "/a: generation 3 takes over");
    }

    @Test
    void refusedGenerationIsAWarning() {
        assertLine(
                new FcgiEvent.RolloutEnded("/a", 3, false, "generation 3 was refused, generation 2 goes on: no"),
                Level.WARN,
                "/a: generation 3 was refused, generation 2 goes on: no. The next change tries again");
    }

    @Test
    void changedFileIsInfo() {
        assertLine(new FcgiEvent.FileChanged("/a", FILE), Level.INFO, "/a: /site/a changed");
    }

    @Test
    void failedVerificationIsAnError() {
        assertLine(
                new FcgiEvent.VerificationFailed("/a", 42, new IllegalStateException("x")),
                Level.ERROR,
                "what /a[42] has loaded can't be looked at; it is replaced");
    }

    @Test
    void loadedFileThatIsNotWatchedIsAWarning() {
        assertLine(
                new FcgiEvent.TooManyLoadedFiles("/a", 20_000, FILE),
                Level.WARN,
                "/a: more than 20000 loaded files; changes of /site/a and others are not noticed. Use FcgidReloadTrigger");
    }

    @Test
    void invalidDependencyIsAWarning() {
        assertLine(
                new FcgiEvent.InvalidDependency("/a", 42, "Nul character not allowed"),
                Level.WARN,
                "/a[42] names a file to watch that is none: Nul character not allowed");
    }

    @Test
    void failureOfThePoolIsAnError() {
        assertLine(
                new FcgiEvent.InternalFailure("", "a sweep failed", new IllegalStateException("x")),
                Level.ERROR,
                "a sweep failed");
    }

    @Test
    void failureInAClassNamesTheClass() {
        assertLine(
                new FcgiEvent.InternalFailure("/a", "an action failed", new IllegalStateException("x")),
                Level.ERROR,
                "/a: an action failed");
    }

    @Test
    void classesAndGenerationsAreNoLines() {
        assertNoLine(new FcgiEvent.ClassAdded("/a", new RequestMeter()));
        assertNoLine(new FcgiEvent.ClassForgotten("/a"));
        assertNoLine(new FcgiEvent.GenerationBegan("/a", 3, RetireReason.SCRIPT_CHANGED, Optional.of(FILE)));
    }

    @Test
    void everyKindOfEventIsLoggedOrLeftOutOnPurpose() {
        Set<Class<?>> leftOut =
                Set.of(FcgiEvent.ClassAdded.class, FcgiEvent.ClassForgotten.class, FcgiEvent.GenerationBegan.class);
        Set<String> named = new ClassFileImporter()
                .importClass(EventLog.class).getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getName())
                        .collect(Collectors.toSet());

        assertThat(FcgiEvent.class.getPermittedSubclasses())
                .filteredOn(kind -> !leftOut.contains(kind))
                .isNotEmpty()
                .allSatisfy(kind -> assertThat(named).contains(kind.getName()));
    }
}
