/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeProcess;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerTest {

    private static final ProcessClass CLASS = new ProcessClass(
            "/a",
            new ProcessCommand(List.of("/site/a"), Map.of(), Path.of("/")),
            ChangePolicy.strict(List.of(Path.of("/site/a"))),
            ClassLimits.defaults());

    private final Worker worker = new Worker(CLASS, 3, 1000);
    private final List<String> calls = new ArrayList<>();

    @Test
    void newWorkerIsStartingAndHasNoProcess() {
        assertThat(worker.state()).isEqualTo(WorkerState.STARTING);
        assertThat(worker.startedNanos()).isEqualTo(1000);
        assertThat(worker.stateSinceNanos()).isEqualTo(1000);
        assertThat(worker.generation()).isEqualTo(3);
        assertThat(worker.process()).isEmpty();
        assertThat(worker.pid()).isZero();
        assertThat(worker.proven()).isFalse();
        assertThat(worker).hasToString("/a[0]");
    }

    @Test
    void processGivesItsPid() {
        FakeProcess process = FakeProcess.reporting();

        worker.attach(process);

        assertThat(worker.process()).containsSame(process);
        assertThat(worker).hasToString("/a[" + process.pid() + "]");
    }

    @Test
    void stateChangesWithItsTime() {
        worker.become(WorkerState.IDLE, 2000);

        assertThat(worker.state()).isEqualTo(WorkerState.IDLE);
        assertThat(worker.stateSinceNanos()).isEqualTo(2000);
        assertThat(worker.startedNanos()).isEqualTo(1000);
    }

    @Test
    void illegalMoveThrowsAndChangesNothing() {
        assertThatThrownBy(() -> worker.become(WorkerState.BUSY, 2000))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("BUSY");

        assertThat(worker.state()).isEqualTo(WorkerState.STARTING);
        assertThat(worker.stateSinceNanos()).isEqualTo(1000);
    }

    @Test
    void workerWithoutReasonIsNotRetired() {
        assertThat(worker.retireReason()).isEmpty();
        assertThat(worker.changedFile()).isEmpty();
        assertThat(worker.retirement()).isEmpty();
    }

    @Test
    void firstReasonOfRetirementStays() {
        worker.markForRetirement(RetireReason.LIFETIME);
        worker.markForRetirement(RetireReason.SCRIPT_CHANGED, Path.of("/site/a"));

        assertThat(worker.retireReason()).contains(RetireReason.LIFETIME);
        assertThat(worker.changedFile()).isEmpty();
        assertThat(worker.retirement()).isEqualTo("lifetime expired");
    }

    @Test
    void reasonNamesTheChangedFile() {
        worker.markForRetirement(RetireReason.SCRIPT_CHANGED, Path.of("/site/a"));
        worker.markForRetirement(RetireReason.SHUTDOWN);

        assertThat(worker.changedFile()).contains(Path.of("/site/a"));
        assertThat(worker.retirement()).isEqualTo("its file changed: /site/a");
    }

    @Test
    void requestsAreCounted() {
        worker.countRequest();
        worker.countRequest();

        assertThat(worker.requests()).isEqualTo(2);
    }

    @Test
    void workerWithoutOutputHasNoLastWords() {
        assertThat(worker.lastWords()).isEmpty();
    }

    @Test
    void lastFiveLinesOfOutputAreKept() {
        for (int i = 1; i <= 7; i++) {
            worker.noteOutput("line " + i);
        }

        assertThat(worker.lastWords()).endsWith(": line 3 | line 4 | line 5 | line 6 | line 7");
    }

    @Test
    void longLineOfOutputIsCut() {
        worker.noteOutput("x".repeat(300));
        worker.noteOutput("y".repeat(301));

        assertThat(worker.lastWords()).endsWith(": " + "x".repeat(300) + " | " + "y".repeat(300) + "…");
    }

    @Test
    void exitHookRunsOnceWhenTheProcessIsReaped() {
        worker.exitNotice().onExit(() -> calls.add("exited"));
        assertThat(calls).isEmpty();

        worker.exitNotice().exited();
        worker.exitNotice().exited();

        assertThat(calls).containsExactly("exited");
    }

    @Test
    void exitHookRunsAtOnceIfTheProcessIsReapedAlready() {
        worker.exitNotice().exited();

        worker.exitNotice().onExit(() -> calls.add("exited"));

        assertThat(calls).containsExactly("exited");
    }

    @Test
    void clearedExitHookDoesNotRun() {
        worker.exitNotice().onExit(() -> calls.add("exited"));
        worker.exitNotice().clear();

        worker.exitNotice().exited();

        assertThat(calls).isEmpty();
    }

    @Test
    void onlyTheLastExitHookRuns() {
        worker.exitNotice().onExit(() -> calls.add("first"));
        worker.exitNotice().onExit(() -> calls.add("second"));

        worker.exitNotice().exited();

        assertThat(calls).containsExactly("second");
    }

    @Test
    void exitStatusIsKept() {
        assertThat(worker.exitStatus()).isEmpty();

        worker.exitStatus(ExitStatus.exited(3));

        assertThat(worker.exitStatus()).contains(ExitStatus.exited(3));
    }

    @Test
    void keptConnectionIsThereUntilItIsForgotten() {
        WorkerConnection connection = new WorkerConnection(new EmbeddedChannel());
        assertThat(worker.connection()).isEmpty();

        worker.keep(connection);
        assertThat(worker.connection()).containsSame(connection);

        worker.forgetConnection();
        assertThat(worker.connection()).isEmpty();
    }

    @Test
    void provenWorkerStaysProven() {
        worker.prove();
        worker.prove();

        assertThat(worker.proven()).isTrue();
    }

    @Test
    void statusAffinityAndKillAreKept() {
        Object loop = new Object();
        assertThat(worker.affinity()).isEmpty();
        assertThat(worker.killed()).isFalse();

        worker.answered(404);
        worker.affinity(loop);
        worker.noteKilled();

        assertThat(worker.lastStatus()).isEqualTo(404);
        assertThat(worker.affinity()).containsSame(loop);
        assertThat(worker.killed()).isTrue();
    }
}
