/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FcgiExceptionTest {

    private static IOException cause() {
        return new IOException("broken");
    }

    static Stream<FcgiException> all() {
        return Stream.of(
                new ProtocolException("p"),
                new ScriptOutputException("s"),
                new WorkerStartException("w", cause()),
                new WorkerLostException("l", cause()),
                new WorkerTimeoutException("t"),
                new RequestRejectedException("r"),
                new PoolExhaustedException("e"),
                new PoolClosedException("c"),
                new ConfigurationException("f", cause()));
    }

    @Test
    void eachKindHasOneException() {
        List<FailureKind> kinds = all().map(FcgiException::kind).toList();

        assertThat(kinds).containsExactly(FailureKind.values());
        assertThat(FcgiException.class.getPermittedSubclasses()).hasSize(kinds.size());
    }

    @ParameterizedTest
    @MethodSource("all")
    void nameOfTheExceptionIsThatOfItsKind(FcgiException failure) {
        String name = failure.getClass().getSimpleName().replace("Exception", "");

        assertThat(name.replaceAll("(?<=[a-z])(?=[A-Z])", "_"))
                .isEqualToIgnoringCase(failure.kind().name());
    }

    @Test
    void causeIsKept() {
        assertThat(new WorkerLostException("l", cause())).hasMessage("l").hasCause(cause());
        assertThat(new WorkerLostException("l")).hasNoCause();
    }
}
