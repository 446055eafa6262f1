/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.codec.AbortRequest;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response that may be due to a file of which the worker has read half: it is withheld, and the request run again. */
class HalfReadTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";
    private static final String ERROR = "Status: 500\n" + HEAD + "syntax error";
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture(new FixtureOptions()
            .with(new ChangePolicy(List.of(GatewayFixture.SCRIPT), List.of(), true, false, Optional.empty(), 0)));

    private ScriptedConnection connectionOf(FixtureRequest request) {
        assertThat(request.sink().calls()).isEmpty();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    private void respond(ScriptedConnection connection, String output) {
        connection.respond(output);
        world.run();
    }

    @Test
    void serverErrorWithoutAChangeIsTheAnswer() {
        FixtureRequest request = world.get();

        respond(connectionOf(request), ERROR);

        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error", "end");
    }

    @Test
    void serverErrorWhileAFileChangedIsWithheldAndTheRequestIsRunByANewWorker() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);
        world.script().change();
        respond(first, ERROR);
        assertThat(world.applications()).hasSize(1);

        world.advance(MILLISECOND);
        respond(connectionOf(request), HEAD + "new");

        assertThat(world.applications()).hasSize(2);
        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Status: 499\n", "Status: 302\nLocation: http://a/\n", "Status: 200\n"})
    void otherStatusIsTheAnswerIfTheWorkerReadsNothingForARequest(String status) {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        respond(first, status + HEAD);

        assertThat(request.sink().calls()).last().isEqualTo("end");
    }

    @Test
    void serverErrorToAMethodThatIsNotIdempotentIsTheAnswer() {
        FixtureRequest request = world.request("POST", "");
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        respond(first, ERROR);

        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error", "end");
    }

    @Test
    void successOfAWorkerThatHasReadAFileForTheRequestIsWithheldToo() {
        world.addFile("/site/menu.txt");
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        respond(first, "X-Fcgid-Watch: menu.txt\n" + HEAD + "half a menu");
        assertThat(request.sink().calls()).isEmpty();
        world.advance(MILLISECOND);
        respond(connectionOf(request), HEAD + "new");

        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void successOfAMethodThatIsNotSafeIsTheAnswer(String method) {
        world.addFile("/site/menu.txt");
        FixtureRequest request = world.request(method, "");
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        respond(first, "X-Fcgid-Watch: menu.txt\n" + HEAD + "done");

        assertThat(request.sink().calls()).containsExactly("head 200", "body done", "end");
    }

    @Test
    void brokenConnectionWhileAFileChangedIsNoFailureOfAnIdempotentRequest() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        first.stdout("Content-");
        first.close();
        world.advance(MILLISECOND);
        respond(connectionOf(request), HEAD + "new");

        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @Test
    void emptyOutputWhileAFileChangedIsNoFailureOfAnIdempotentRequest() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        first.end();
        world.advance(MILLISECOND);
        respond(connectionOf(request), HEAD + "new");

        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @Test
    void responseThatHasBegunIsCutEvenIfAFileChanged() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);
        first.stdout(HEAD + "part");
        world.run();

        world.script().change();
        first.close();
        world.advance(MILLISECOND);

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
    }

    @Test
    void withheldResponseThatGoesOnIsAborted() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);

        world.script().change();
        first.stdout(ERROR);
        first.expect(AbortRequest.class);
        first.stdout("more").end();
        first.expectClosed();
        world.advance(MILLISECOND);
        respond(connectionOf(request), HEAD + "new");

        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @Test
    void clientThatLeavesWhileAResponseIsWithheldEndsTheRepetition() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);
        world.script().change();
        first.stdout(ERROR);
        first.expect(AbortRequest.class);

        request.exchange().cancel();
        first.end();
        world.advance(Duration.ofSeconds(1), MILLISECOND);

        assertThat(world.applications()).hasSize(1);
        assertThat(request.sink().calls()).isEmpty();
    }

    @Test
    void clientThatLeavesDuringThePauseEndsTheRepetition() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);
        world.script().change();
        respond(first, ERROR);

        request.exchange().cancel();
        world.advance(Duration.ofSeconds(1), MILLISECOND);

        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void requestIsNotRunAgainBeforeAFileThatIsBeingWrittenIsWhole() {
        FixtureRequest request = world.get();
        ScriptedConnection first = connectionOf(request);
        world.script().beginToWrite();
        respond(first, ERROR);

        world.advance(Duration.ofMillis(500), MILLISECOND);
        assertThat(world.applications()).hasSize(1);
        world.script().change();
        world.advance(Duration.ofMillis(64), MILLISECOND);
        respond(connectionOf(request), HEAD + "new");

        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @Test
    void pausesGrowFromOneMillisecondTo64() {
        FixtureRequest request = world.get();
        for (int pause : new int[] {1, 2, 4, 8, 16, 32, 64, 64}) {
            ScriptedConnection connection = connectionOf(request);
            world.script().change();
            respond(connection, ERROR);
            int before = world.applications().size();
            world.advance(Duration.ofMillis(pause - 1));
            assertThat(world.applications()).as("before %s ms", pause).hasSize(before);
            world.advance(MILLISECOND);
            assertThat(world.applications()).as("after %s ms", pause).hasSize(before + 1);
        }
        respond(connectionOf(request), HEAD + "new");

        assertThat(request.sink().calls()).containsExactly("head 200", "body new", "end");
    }

    @Test
    void errorIsTheAnswerWhenFilesHaveChangedForLongerThanTheQuietTime() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);
        world.script().change();
        respond(connection, ERROR);
        world.advance(MILLISECOND);

        connection = connectionOf(request);
        world.advance(Duration.ofSeconds(1)); // FcgidQuietTime
        world.script().change();
        respond(connection, ERROR);

        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error", "end");
    }

    @Test
    void requestIsRunAgainWhenAFileHasBeenWrittenForLongerThanTheQuietTime() {
        ScriptedConnection connection = connectionOf(world.get());
        respond(connection, HEAD);
        FixtureRequest request = world.get();
        connection.expectRequest();
        world.script().beginToWrite();
        respond(connection, ERROR);

        world.advance(Duration.ofMillis(1100), MILLISECOND);
        connection.expectRequest();
        respond(connection, ERROR);

        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error", "end");
    }

    // ---- while the disk is asked ----------------------------------------------------------------------------------

    /** A request of a class whose earlier worker has loaded a file: only the disk tells whether a failure is due to it. */
    private FixtureRequest requestAfterAReport() {
        world.addFile("/site/menu.txt");
        respond(connectionOf(world.get()), "X-Fcgid-Watch: menu.txt\n" + HEAD + "one");
        world.application().exit();
        world.run();
        return world.get();
    }

    @Test
    void failureWaitsForTheDiskAndIsTheAnswerThen() {
        FixtureRequest request = requestAfterAReport();
        ScriptedConnection connection = connectionOf(request);
        world.holdBlocking();

        connection.stdout(ERROR);
        connection.stdout(" and more").end();
        world.run();
        assertThat(request.sink().calls()).isEmpty();
        world.releaseBlocking();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error and more", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void responseThatGoesOnWhileTheDiskIsAskedIsPassedOn() {
        FixtureRequest request = requestAfterAReport();
        ScriptedConnection connection = connectionOf(request);
        world.holdBlocking();
        connection.stdout(ERROR);
        world.run();

        world.releaseBlocking();
        world.run();
        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error");
        connection.stdout(" and more").end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 500", "body syntax error and more", "end");
    }

    @Test
    void clientThatLeavesWhileTheDiskIsAskedLeavesAFreeWorker() {
        FixtureRequest request = requestAfterAReport();
        ScriptedConnection connection = connectionOf(request);
        world.holdBlocking();
        connection.stdout(ERROR).end();
        world.run();

        request.exchange().cancel();
        world.releaseBlocking();
        world.run();

        assertThat(request.sink().calls()).isEmpty();
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void clientThatLeavesWhileAnUnfinishedFailureIsCheckedAbortsIt() {
        FixtureRequest request = requestAfterAReport();
        ScriptedConnection connection = connectionOf(request);
        world.holdBlocking();
        connection.stdout(ERROR);
        world.run();

        request.exchange().cancel();
        world.releaseBlocking();
        connection.expect(AbortRequest.class);
        connection.end();
        world.run();

        assertThat(request.sink().calls()).isEmpty();
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void brokenConnectionIsReportedWhenTheDiskHasAnswered() {
        FixtureRequest request = requestAfterAReport();
        ScriptedConnection connection = connectionOf(request);
        world.holdBlocking();
        connection.stdout("Content-");
        connection.close();
        world.run();
        assertThat(request.sink().calls()).isEmpty();

        world.releaseBlocking();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
    }
}
