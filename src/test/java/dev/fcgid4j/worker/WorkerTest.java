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
        assertThat(worker.retirement().file()).isEmpty();
        assertThat(worker.retirement()).hasToString("");
    }

    @Test
    void firstReasonOfRetirementStays() {
        worker.retirement().set(RetireReason.LIFETIME);
        worker.retirement().set(RetireReason.SCRIPT_CHANGED, Path.of("/site/a"));

        assertThat(worker.retireReason()).contains(RetireReason.LIFETIME);
        assertThat(worker.retirement().file()).isEmpty();
        assertThat(worker.retirement()).hasToString("lifetime expired");
    }

    @Test
    void reasonNamesTheChangedFile() {
        worker.retirement().set(RetireReason.SCRIPT_CHANGED, Path.of("/site/a"));
        worker.retirement().set(RetireReason.SHUTDOWN);

        assertThat(worker.retirement().file()).contains(Path.of("/site/a"));
        assertThat(worker.retirement()).hasToString("its file changed: /site/a");
    }

    @Test
    void requestsAreCounted() {
        worker.countRequest();
        worker.countRequest();

        assertThat(worker.requests()).isEqualTo(2);
    }

    @Test
    void workerWithoutOutputHasNoLastWords() {
        assertThat(worker.end().lastOutput()).isEmpty();
    }

    @Test
    void lastFiveLinesOfOutputAreKept() {
        for (int i = 1; i <= 7; i++) {
            worker.end().noteOutput("line " + i);
        }

        assertThat(worker.end().lastOutput()).endsWith(": line 3 | line 4 | line 5 | line 6 | line 7");
    }

    @Test
    void longLineOfOutputIsCut() {
        worker.end().noteOutput("x".repeat(300));
        worker.end().noteOutput("y".repeat(301));

        assertThat(worker.end().lastOutput()).endsWith(": " + "x".repeat(300) + " | " + "y".repeat(300) + "…");
    }

    @Test
    void exitHookRunsOnceWhenTheProcessIsReaped() {
        worker.end().notice().onExit(() -> calls.add("exited"));
        assertThat(calls).isEmpty();

        worker.end().notice().exited();
        worker.end().notice().exited();

        assertThat(calls).containsExactly("exited");
    }

    @Test
    void exitHookRunsAtOnceIfTheProcessIsReapedAlready() {
        worker.end().notice().exited();

        worker.end().notice().onExit(() -> calls.add("exited"));

        assertThat(calls).containsExactly("exited");
    }

    @Test
    void clearedExitHookDoesNotRun() {
        worker.end().notice().onExit(() -> calls.add("exited"));
        worker.end().notice().clear();

        worker.end().notice().exited();

        assertThat(calls).isEmpty();
    }

    @Test
    void onlyTheLastExitHookRuns() {
        worker.end().notice().onExit(() -> calls.add("first"));
        worker.end().notice().onExit(() -> calls.add("second"));

        worker.end().notice().exited();

        assertThat(calls).containsExactly("second");
    }

    @Test
    void exitStatusIsKept() {
        assertThat(worker.end().status()).isEmpty();

        worker.end().status(ExitStatus.exited(3));

        assertThat(worker.end().status()).contains(ExitStatus.exited(3));
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
        assertThat(worker.end().killed()).isFalse();

        worker.answered(404);
        worker.affinity(loop);
        worker.end().noteKilled();

        assertThat(worker.lastStatus()).isEqualTo(404);
        assertThat(worker.affinity()).containsSame(loop);
        assertThat(worker.end().killed()).isTrue();
    }
}
