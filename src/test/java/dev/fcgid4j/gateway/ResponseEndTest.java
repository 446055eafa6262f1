/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.codec.GetValuesResult;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.codec.UnknownType;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a request may end on the wire, and what the client and the worker get of it. */
class ResponseEndTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    private FixtureRequest request;
    private ScriptedConnection connection;

    @BeforeEach
    void ask() {
        request = world.request("POST", "");
        connection = world.accept();
        connection.expectRequest();
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolStatus.class,
            names = {"CANT_MPX_CONN", "OVERLOADED", "UNKNOWN_ROLE"})
    void refusedRequestIsAnswered503AndTheConnectionIsNotKept(ProtocolStatus status) {
        connection.end(status);

        connection.expectClosed();
        assertThat(request.sink().calls()).containsExactly("fail 503");
        assertThat(request.sink().failureMessage()).endsWith("refused the request: FCGI_" + status);
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void requestThatIsRefusedAfterItsHeadIsCut() {
        connection.stdout(HEAD + "part");
        connection.end(ProtocolStatus.OVERLOADED);
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
    }

    @Test
    void endOfTheRequestCompletesAnOutputThatWasNotEnded() {
        connection.stdout(HEAD + "all").end(ProtocolStatus.REQUEST_COMPLETE);
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body all", "end");
    }

    @Test
    void outputThatWasEndedIsCompleteEvenIfTheConnectionClosesWithoutAnEndOfTheRequest() {
        connection.stdout(HEAD + "all").endStdout();
        world.run();
        connection.close();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body all", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void connectionThatClosesInTheMiddleOfTheBodyCutsTheResponse() {
        connection.stdout(HEAD + "part");
        connection.close();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
        assertThat(world.worker()).isEqualTo("retiring: connection lost or protocol broken");
    }

    @Test
    void connectionThatClosesInTheMiddleOfARecordCutsTheResponse() {
        connection.stdout(HEAD).send(1, 6, 0, 1, 0, 9, 0, 0, 'p', 'a', 'r', 't');
        connection.close();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
    }

    @Test
    void recordOfAnotherVersionIsAFailureAndEndsTheConnection() {
        connection.send(9, 6, 0, 1, 0, 0, 0, 0);

        connection.expectClosed();
        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("a record of version 9");
        assertThat(world.worker()).isEqualTo("retiring: connection lost or protocol broken");
    }

    @Test
    void recordsOfOtherRequestsAndOfUnknownTypesAreSkipped() {
        connection.send(1, 6, 0, 2, 0, 3, 0, 0, 'b', 'a', 'd'); // FCGI_STDOUT of request 2
        connection.send(1, 99, 0, 1, 0, 3, 0, 0, 'b', 'a', 'd'); // an unknown type
        connection.send(1, 3, 0, 2, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); // FCGI_END_REQUEST of request 2
        connection.send(1, 5, 0, 1, 0, 3, 0, 0, 'b', 'a', 'd'); // FCGI_STDIN, which an application doesn't send
        connection.send(new GetValuesResult(Map.of("FCGI_MPXS_CONNS", "0")));
        connection.send(new UnknownType(99));
        connection.respond(HEAD + "good");
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body good", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void recordAfterTheEndOfTheRequestIsDropped() {
        connection.respond(HEAD + "all");
        connection.stdout("late").end(ProtocolStatus.REQUEST_COMPLETE);
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body all", "end");
        assertThat(world.requestsEnded()).isEqualTo(1);
    }

    @Test
    void exitRightBehindTheResponseChangesNothing() {
        connection.respond(HEAD + "all");
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body all", "end");
        assertThat(world.requestsEnded()).isEqualTo(1);
        assertThat(world.workers()).isEmpty();
    }

    @Test
    void applicationThatHasAnsweredAByteHasStartedSoThatItsExitDelaysNoOther() {
        for (int started = 1; started <= 3; started++) {
            assertThat(world.applications()).hasSize(started);
            connection.stderr("a byte").end(ProtocolStatus.OVERLOADED);
            world.run();
            world.application().exit(ExitStatus.exited(1));
            world.run();

            world.get();
            connection = world.accept();
        }
    }

    @Test
    void errorOutputGoesToTheLogOfTheApplicationLineByLine() {
        try (LogCapture log = LogCapture.of("dev.fcgid4j.app")) {
            connection.stderr("first\nsec").stderr("ond\nlast");
            connection.respond(HEAD + "ok");
            world.run();

            assertThat(log.lines()).containsExactly("first", "second", "last");
        }
    }

    @Test
    void errorOutputIsLoggedToItsEndWhenTheConnectionBreaks() {
        try (LogCapture log = LogCapture.of("dev.fcgid4j.app")) {
            connection.stderr("why it fails");
            connection.close();
            world.run();

            assertThat(log.lines()).containsExactly("why it fails");
            assertThat(request.sink().calls()).containsExactly("fail 502");
        }
    }
}
