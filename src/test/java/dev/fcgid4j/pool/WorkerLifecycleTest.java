/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static dev.fcgid4j.pool.PoolParts.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerLifecycleTest {

    private static final ExitStatus CRASH = ExitStatus.killed(11);
    private static final ExitStatus SUCCESS = ExitStatus.exited(0);

    private final PoolParts parts = new PoolParts(PoolParts.rolling(), ClassLimits.defaults(), 10);
    private final WorkerLifecycle lifecycle = parts.lifecycle();
    private final PoolActions actions = new PoolActions();

    private <T extends FcgiEvent> T event(Class<T> kind) {
        return PoolParts.events(actions).stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .reduce((one, two) -> {
                    throw new AssertionError("two events: " + one + " and " + two);
                })
                .orElseThrow();
    }

    private boolean hasNo(Class<? extends FcgiEvent> kind) {
        return PoolParts.events(actions).stream().noneMatch(kind::isInstance);
    }

    /** A worker that is tried beside a serving one; its process is not started yet. */
    private Worker candidate() {
        Worker serving = parts.idle(0);
        serving.prove();
        parts.rolloutBeside(serving);
        Worker candidate = parts.starting(at(1));
        parts.rollout.candidate(candidate);
        return candidate;
    }

    private Worker launchedCandidate() {
        Worker candidate = candidate();
        assertThat(lifecycle.mayStart(candidate, parts.found())).isTrue();
        lifecycle.started(candidate, at(1), new PoolActions());
        return candidate;
    }

    @Nested
    class MayStart {

        @Test
        void workerBelongsToThePresentGeneration() {
            parts.changed(0);
            Worker worker = parts.starting(0);

            assertThat(lifecycle.mayStart(worker, parts.found())).isTrue();
            assertThat(worker.generation()).isEqualTo(parts.files.generation());
        }

        @Test
        void startIsPreventedWhenFilesChangedAfterTheirWatchBegan() {
            Worker worker = parts.starting(0);
            FilesBeforeStart before = parts.found();
            parts.changed(0);

            assertThat(lifecycle.mayStart(worker, before)).isFalse();
            assertThat(worker.generation()).isEqualTo(Worker.NOT_LAUNCHED);
        }

        @Test
        void startIsPreventedInAClosedSet() {
            Worker worker = parts.starting(0);
            parts.workers.close();

            assertThat(lifecycle.mayStart(worker, parts.found())).isFalse();
        }

        @Test
        void startOfAWorkerThatWasRetiredMeanwhileIsPrevented() {
            Worker worker = parts.starting(0);
            worker.become(WorkerState.RETIRING, 0);

            assertThat(lifecycle.mayStart(worker, parts.found())).isFalse();
        }

        @Test
        void onlyTheCandidateStartsDuringARollout() {
            Worker before = parts.starting(0);
            Worker candidate = candidate();

            assertThat(lifecycle.mayStart(before, parts.found())).isFalse();
            assertThat(lifecycle.mayStart(candidate, parts.found())).isTrue();
        }
    }

    @Nested
    class NotStarted {

        @Test
        void permitIsGivenBackWithoutAnEvent() {
            Worker worker = parts.starting(0);

            lifecycle.notStarted(worker, 0, actions);

            assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
            assertThat(parts.budget.taken()).isZero();
            assertThat(parts.workers.soonIdle()).isZero();
            assertThat(actions.list()).containsExactly(new PoolAction.SharePermits());
        }

        @Test
        void rolloutWantsAnotherCandidate() {
            lifecycle.notStarted(candidate(), 0, actions);

            assertThat(parts.rollout.wantsCandidate()).isTrue();
        }
    }

    @Nested
    class Started {

        @Test
        void workerBecomesIdle() {
            Worker worker = parts.starting(0);
            lifecycle.mayStart(worker, parts.found());

            lifecycle.started(worker, at(1), actions);

            assertThat(worker.state()).isEqualTo(WorkerState.IDLE);
            assertThat(parts.workers.idle()).containsExactly(worker);
            assertThat(parts.workers.soonIdle()).isZero();
            assertThat(parts.history.started()).isOne();
            assertThat(actions.list()).isEmpty();
        }

        @Test
        void workerWhoseFilesChangedMeanwhileIsStopped() {
            Worker worker = parts.starting(0);
            lifecycle.mayStart(worker, parts.found());
            parts.changed(0);

            lifecycle.started(worker, at(1), actions);

            assertThat(PoolParts.terminated(actions)).containsExactly(worker);
            assertThat(worker.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
            assertThat(parts.workers.idle()).isEmpty();
        }

        @Test
        void workerOfAPoolThatClosedMeanwhileIsStopped() {
            Worker worker = parts.starting(0);
            worker.retirement().set(RetireReason.SHUTDOWN);
            worker.become(WorkerState.RETIRING, 0);

            lifecycle.started(worker, at(1), actions);

            assertThat(PoolParts.terminated(actions)).containsExactly(worker);
        }

        @Test
        void workerThatHasEndedAlreadyIsLeftAlone() {
            Worker worker = parts.starting(0);
            parts.workers.remove(worker, 0, new PoolActions());

            lifecycle.started(worker, at(1), actions);

            assertThat(actions.list()).isEmpty();
            assertThat(parts.history.started()).isOne();
        }

        @Test
        void candidateIsCheckedBeforeItServes() {
            Worker candidate = candidate();
            lifecycle.mayStart(candidate, parts.found());

            lifecycle.started(candidate, at(1), actions);

            assertThat(actions.list()).containsExactly(new PoolAction.WarmUp(candidate));
            assertThat(candidate.state()).isEqualTo(WorkerState.BUSY);
        }

        @Test
        void candidateWhoseFilesChangedMeanwhileIsReplaced() {
            Worker candidate = candidate();
            lifecycle.mayStart(candidate, parts.found());
            parts.changed(at(1));

            lifecycle.started(candidate, at(1), actions);

            assertThat(PoolParts.terminated(actions)).containsExactly(candidate);
            assertThat(parts.rollout.wantsCandidate()).isTrue();
        }
    }

    @Nested
    class StartFailed {

        private final WorkerStartException why = new WorkerStartException("no such file");

        @Test
        void failureIsReportedAndCounted() {
            Worker worker = parts.starting(0);

            lifecycle.startFailed(worker, why, at(1), actions);

            assertThat(event(FcgiEvent.StartFailed.class))
                    .isEqualTo(new FcgiEvent.StartFailed("/a", 0, "no such file", false));
            assertThat(parts.spawnPolicy.probing()).isTrue();
            assertThat(parts.spawnPolicy.lastFailure()).isSameAs(why);
            assertThat(parts.budget.taken()).isZero();
        }

        @Test
        void waitingRequestsAreRefusedWhenTheClassHasNoOtherProcess() {
            Worker worker = parts.starting(0);
            Waiter waiter = parts.waiting(0);

            lifecycle.startFailed(worker, why, at(1), actions);

            assertThat(PoolParts.refused(actions)).containsExactly(waiter);
        }

        @Test
        void waitingRequestsStayWhileAnotherProcessLives() {
            parts.busy(0);
            Worker worker = parts.starting(0);
            parts.waiting(0);

            lifecycle.startFailed(worker, why, at(1), actions);

            assertThat(PoolParts.refused(actions)).isEmpty();
        }

        @Test
        void failureDuringAChangeIsNotCountedAndRefusesNoRequest() {
            Worker worker = parts.starting(0);
            parts.waiting(0);
            parts.beingWritten();

            lifecycle.startFailed(worker, why, at(1), actions);

            assertThat(event(FcgiEvent.StartFailed.class).dueToChange()).isTrue();
            assertThat(parts.spawnPolicy.probing()).isFalse();
            assertThat(PoolParts.refused(actions)).isEmpty();
        }

        @Test
        void candidateThatCanNotBeStartedRefusesItsGenerationWithoutBackOff() {
            Worker candidate = candidate();
            lifecycle.mayStart(candidate, parts.found());

            lifecycle.startFailed(candidate, why, at(1), actions);

            assertThat(event(FcgiEvent.RolloutEnded.class).takenOver()).isFalse();
            assertThat(hasNo(FcgiEvent.StartFailed.class)).isTrue();
            assertThat(parts.spawnPolicy.probing()).isFalse();
            assertThat(parts.rollout.isRefused()).isTrue();
        }

        @Test
        void candidateThatFailsDuringAChangeIsReplaced() {
            Worker candidate = candidate();
            lifecycle.mayStart(candidate, parts.found());
            parts.beingWritten();

            lifecycle.startFailed(candidate, why, at(1), actions);

            assertThat(parts.rollout.isRefused()).isFalse();
            assertThat(parts.rollout.wantsCandidate()).isTrue();
        }
    }

    @Nested
    class Exited {

        @Test
        void idleWorkerThatEndsBeforeItsFirstAnswerIsAFailedStart() {
            Worker worker = parts.idle(0);

            lifecycle.exited(worker, SUCCESS, at(1), actions);

            assertThat(event(FcgiEvent.StartFailed.class).message())
                    .contains("exit code 0 before it accepted a request", "by hand");
            assertThat(event(FcgiEvent.WorkerExited.class).crashed()).isFalse();
            assertThat(parts.spawnPolicy.probing()).isTrue();
        }

        @Test
        void provenWorkerThatEndsByItselfWithAnErrorHasCrashed() {
            Worker worker = parts.idle(0);
            worker.prove();
            worker.countRequest();

            lifecycle.exited(worker, CRASH, at(1), actions);

            assertThat(event(FcgiEvent.WorkerCrashed.class)).isEqualTo(new FcgiEvent.WorkerCrashed("/a", 0, CRASH, 1));
            assertThat(event(FcgiEvent.WorkerExited.class))
                    .isEqualTo(
                            new FcgiEvent.WorkerExited("/a", 0, CRASH, 1, RetireReason.EXITED, Optional.empty(), true));
            assertThat(parts.spawnPolicy.probing()).isFalse();
        }

        @Test
        void provenWorkerThatEndsInOrderHasNotCrashed() {
            Worker worker = parts.idle(0);
            worker.prove();

            lifecycle.exited(worker, SUCCESS, at(1), actions);

            assertThat(hasNo(FcgiEvent.WorkerCrashed.class)).isTrue();
            assertThat(event(FcgiEvent.WorkerExited.class).reason()).isEqualTo(RetireReason.EXITED);
        }

        @Test
        void workerThatWasStoppedHasNeitherCrashedNorFailedToStart() {
            Worker worker = parts.idle(0);
            parts.workers.retire(worker, RetireReason.IDLE_TIMEOUT, 0, new PoolActions());

            lifecycle.exited(worker, CRASH, at(1), actions);

            assertThat(PoolParts.events(actions))
                    .containsExactly(new FcgiEvent.WorkerExited(
                            "/a", 0, CRASH, 0, RetireReason.IDLE_TIMEOUT, Optional.empty(), false));
            assertThat(parts.spawnPolicy.probing()).isFalse();
        }

        @Test
        void workerThatCouldNotBeReachedHasFailedToStart() {
            Worker worker = parts.idle(0);
            parts.workers.retire(worker, RetireReason.UNREACHABLE, 0, new PoolActions());

            lifecycle.exited(worker, CRASH, at(1), actions);

            assertThat(parts.spawnPolicy.probing()).isTrue();
        }

        @Test
        void endDuringAChangeIsNotCounted() {
            Worker worker = parts.idle(0);
            parts.beingWritten();

            lifecycle.exited(worker, CRASH, at(1), actions);

            assertThat(parts.spawnPolicy.probing()).isFalse();
            assertThat(hasNo(FcgiEvent.StartFailed.class)).isTrue();
        }

        @Test
        void endInTheFirstRequestIsDecidedWhenTheRequestIsBack() {
            Worker worker = parts.busy(0);

            lifecycle.exited(worker, CRASH, at(1), actions);

            assertThat(PoolParts.events(actions)).hasSize(1).hasOnlyElementsOfType(FcgiEvent.WorkerExited.class);
            assertThat(parts.spawnPolicy.probing()).isFalse();
        }

        @Test
        void endGivesThePermitBackAndIsRemembered() {
            Worker worker = parts.idle(0);
            worker.prove();
            parts.workers.retire(worker, RetireReason.RECYCLED, 0, new PoolActions());

            lifecycle.exited(worker, SUCCESS, at(1), actions);

            assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
            assertThat(worker.end().status()).contains(SUCCESS);
            assertThat(parts.budget.taken()).isZero();
            assertThat(PoolParts.only(PoolAction.SharePermits.class, actions)).hasSize(1);
            assertThat(parts.history.deaths()).singleElement().satisfies(death -> {
                assertThat(death.reason()).isEqualTo("recycled by request");
                assertThat(death.status()).isEqualTo("exit code 0");
            });
        }

        @Test
        void candidateThatEndsByItselfRefusesItsGeneration() {
            Worker candidate = launchedCandidate();

            lifecycle.exited(candidate, CRASH, at(2), actions);

            assertThat(event(FcgiEvent.RolloutEnded.class).details()).contains("its process ended with signal 11");
            assertThat(parts.rollout.isRefused()).isTrue();
        }
    }

    @Nested
    class ReleasedAfterTheEnd {

        private Worker endedInItsFirstRequest(ExitStatus status) {
            Worker worker = parts.busy(0);
            lifecycle.exited(worker, status, at(1), new PoolActions());
            return worker;
        }

        @Test
        void requestThatWasNotReadMakesItAFailedStart() {
            Worker worker = endedInItsFirstRequest(SUCCESS);

            lifecycle.releasedAfterEnd(worker, Outcome.UNREAD, at(2), actions);

            assertThat(PoolParts.events(actions)).hasSize(1).hasOnlyElementsOfType(FcgiEvent.StartFailed.class);
            assertThat(parts.spawnPolicy.probing()).isTrue();
        }

        @Test
        void requestThatWasReadMakesAnErrorACrash() {
            Worker worker = endedInItsFirstRequest(CRASH);

            lifecycle.releasedAfterEnd(worker, Outcome.FAILED, at(2), actions);

            assertThat(PoolParts.events(actions)).hasSize(1).hasOnlyElementsOfType(FcgiEvent.WorkerCrashed.class);
        }

        @ParameterizedTest
        @EnumSource(
                value = Outcome.class,
                names = {"FAILED", "COMPLETED"})
        void endInOrderIsNoCrash(Outcome outcome) {
            Worker worker = endedInItsFirstRequest(SUCCESS);

            lifecycle.releasedAfterEnd(worker, outcome, at(2), actions);

            assertThat(actions.list()).isEmpty();
        }

        @Test
        void endOfAProvenWorkerWasReportedBefore() {
            Worker worker = endedInItsFirstRequest(CRASH);
            worker.prove();

            lifecycle.releasedAfterEnd(worker, Outcome.UNREAD, at(2), actions);

            assertThat(actions.list()).isEmpty();
            assertThat(parts.spawnPolicy.probing()).isFalse();
        }

        @Test
        void unreadRequestDuringAChangeIsNoFailedStart() {
            Worker worker = endedInItsFirstRequest(SUCCESS);
            parts.beingWritten();

            lifecycle.releasedAfterEnd(worker, Outcome.UNREAD, at(2), actions);

            assertThat(parts.spawnPolicy.probing()).isFalse();
            assertThat(actions.list()).isEmpty();
        }

        @Test
        void endOfAWorkerThatWasStoppedIsNoCrash() {
            Worker worker = parts.busy(0);
            parts.workers.retire(worker, RetireReason.BUSY_TIMEOUT, 0, new PoolActions());
            lifecycle.exited(worker, CRASH, at(1), new PoolActions());

            lifecycle.releasedAfterEnd(worker, Outcome.FAILED, at(2), actions);

            assertThat(actions.list()).isEmpty();
        }
    }
}
