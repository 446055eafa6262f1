/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.failure.FailureKind;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.failure.ProtocolException;
import dev.fcgid4j.failure.RequestRejectedException;
import dev.fcgid4j.failure.ScriptOutputException;
import dev.fcgid4j.failure.WorkerLostException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.failure.WorkerTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The status that a client gets for each kind of failure. */
class FailureResponseTest {

    private static final Map<FailureKind, FcgiException> FAILURES = Map.of(
            FailureKind.PROTOCOL, new ProtocolException("x"),
            FailureKind.SCRIPT_OUTPUT, new ScriptOutputException("x"),
            FailureKind.WORKER_START, new WorkerStartException("x"),
            FailureKind.WORKER_LOST, new WorkerLostException("x"),
            FailureKind.WORKER_TIMEOUT, new WorkerTimeoutException("x"),
            FailureKind.REQUEST_REJECTED, new RequestRejectedException("x"),
            FailureKind.POOL_EXHAUSTED, new PoolExhaustedException("x"),
            FailureKind.POOL_CLOSED, new PoolClosedException("x"),
            FailureKind.CONFIGURATION, new ConfigurationException("x"));

    private static FailureResponse of(FailureKind kind) {
        return FailureResponse.of(FAILURES.get(kind));
    }

    @ParameterizedTest
    @EnumSource(names = {"POOL_EXHAUSTED", "POOL_CLOSED", "REQUEST_REJECTED"})
    void failureThatPassesIs503WithRetryAfter(FailureKind kind) {
        assertThat(of(kind).status()).isEqualTo(503);
        assertThat(of(kind).retryAfterSeconds()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"WORKER_START", "WORKER_LOST", "PROTOCOL", "SCRIPT_OUTPUT"})
    void failureOfTheApplicationIs502(FailureKind kind) {
        assertThat(of(kind).status()).isEqualTo(502);
        assertThat(of(kind).retryAfterSeconds()).isZero();
    }

    @Test
    void slowWorkerIs504() {
        assertThat(of(FailureKind.WORKER_TIMEOUT).status()).isEqualTo(504);
    }

    @Test
    void mistakeInTheConfigurationIs500() {
        assertThat(of(FailureKind.CONFIGURATION).status()).isEqualTo(500);
    }

    @Test
    void causeIsKeptForTheLog() {
        FcgiException cause = FAILURES.get(FailureKind.PROTOCOL);

        assertThat(FailureResponse.of(cause).cause()).isSameAs(cause);
    }

    @Test
    void timeToComeAgainIsRoundedUpToWholeSeconds() {
        FcgiException cause = new PoolExhaustedException("x", Duration.ofMillis(3001));

        assertThat(FailureResponse.of(cause).retryAfterSeconds()).isEqualTo(4);
    }

    @Test
    void classThatBacksOffIs502WithTheTimeOfItsNextStart() {
        FcgiException cause = new WorkerStartException("x").retriedAfter(Duration.ofSeconds(8));

        assertThat(FailureResponse.of(cause).status()).isEqualTo(502);
        assertThat(FailureResponse.of(cause).retryAfterSeconds()).isEqualTo(8);
    }
}
