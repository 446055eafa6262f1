/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.worker.Worker;
import org.junit.jupiter.api.Test;

class RolloutControllerTest {

    private final PoolParts parts = new PoolParts(PoolParts.rolling(), ClassLimits.defaults(), 10);

    @Test
    void changeBeginsARolloutUnlessAGenerationIsBeingTried() {
        Worker serving = parts.idle(0);
        assertThat(parts.rolloutController.wantsNew()).isTrue();

        parts.rolloutBeside(serving);

        assertThat(parts.rolloutController.wantsNew()).isFalse();
    }

    @Test
    void changeAfterARefusedGenerationBeginsARollout() {
        parts.rolloutBeside(parts.idle(0));

        parts.rollout.refuse("it fails", null);

        assertThat(parts.rolloutController.wantsNew()).isTrue();
    }

    @Test
    void strictClassHasNoRollouts() {
        PoolParts strict = new PoolParts(ClassLimits.defaults(), 10);
        Worker worker = strict.idle(0);
        worker.prove();

        assertThat(strict.rolloutController.wantsNew()).isFalse();
        assertThat(strict.rolloutController.keeps(worker)).isFalse();
        assertThat(strict.rolloutController.begin(0, new PoolActions())).isFalse();
    }

    @Test
    void workerThatHasNotAnsweredYetIsNotKept() {
        Worker worker = parts.idle(0);

        assertThat(parts.rolloutController.keeps(worker)).isFalse();
        worker.prove();
        assertThat(parts.rolloutController.keeps(worker)).isTrue();
    }
}
