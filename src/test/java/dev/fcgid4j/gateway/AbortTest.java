/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.codec.AbortRequest;
import dev.fcgid4j.codec.Stdin;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client leaves in each phase of a request: the application is asked to abort, and the worker comes back. */
class AbortTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    @Test
    void requestInLineIsForgotten() {
        FixtureRequest request = world.get();

        request.exchange().cancel();

        world.application().expectNoConnection();
        assertThat(world.worker()).isEqualTo("idle");
        assertThat(world.requestsEnded()).isZero();
        assertThat(request.sink().calls()).isEmpty();
    }

    @Test
    void workerThatIsGrantedAfterTheClientHasLeftComesBackUnused() throws Exception {
        FixtureRequest request = world.get();
        world.runBlockingTasksElsewhere();

        request.exchange().cancel();

        world.application().expectNoConnection();
        assertThat(world.worker()).isEqualTo("idle");
        assertThat(world.requestsEnded()).isZero();
    }

    @Test
    void applicationThatHasNotAnsweredIsAskedToAbort() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();

        request.exchange().cancel();
        connection.expect(AbortRequest.class);
        connection.end();

        connection.expectClosed();
        assertThat(request.sink().calls()).isEmpty();
        assertThat(world.worker()).isEqualTo("idle");
        assertThat(world.requestsEnded()).isEqualTo(1);
    }

    @Test
    void bodyIsNotSentToItsEnd() {
        FixtureRequest upload = world.request("POST", "x".repeat(4_000_000));
        ScriptedConnection connection = world.accept();
        world.run();
        long read = upload.body().bytesRead();

        upload.exchange().cancel();
        connection.expectHead();
        for (long received = 0; received < read; ) {
            Stdin piece = connection.expect(Stdin.class);
            received += piece.content().readableBytes();
            piece.release();
        }
        connection.expect(AbortRequest.class);

        assertThat(upload.body().bytesRead()).isEqualTo(read).isLessThan(4_000_000);
    }

    @Test
    void restOfAResponseIsDropped() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.stdout(HEAD + "first");
        world.run();

        request.exchange().cancel();
        connection.stdout("second").end();

        connection.expectClosed();
        assertThat(request.sink().calls()).containsExactly("head 200", "body first");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void responseThatWasHeldBackIsReadAgainAndDropped() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        request.sink().writable(false);
        connection.stdout(HEAD);
        String piece = "x".repeat(60_000);
        while (connection.offerStdout(piece)) {
            // until the server stops to read
        }

        request.exchange().cancel();
        connection.flush();
        connection.end();

        connection.expectClosed();
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void applicationThatDoesNotEndWithinFiveSecondsIsStopped() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        request.exchange().cancel();

        world.advance(Duration.ofSeconds(5), Duration.ofSeconds(1));
        assertThat(world.worker()).isEqualTo("busy");
        world.advance(Duration.ofSeconds(1));

        connection.expectClosed();
        assertThat(world.worker()).isEqualTo("retiring: did not end an aborted request");
        assertThat(request.sink().calls()).isEmpty();
    }

    @Test
    void applicationThatGoesOnFor64MebibytesIsStopped() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        request.exchange().cancel();

        String mebibyte = "x".repeat(1 << 20);
        for (int i = 0; i < 64; i++) {
            connection.stdout(mebibyte);
        }
        world.advance(Duration.ofSeconds(1));
        assertThat(world.worker()).isEqualTo("busy");
        connection.stdout("x");
        world.advance(Duration.ofSeconds(1));

        assertThat(world.worker()).isEqualTo("retiring: did not end an aborted request");
    }

    @Test
    void applicationThatClosesTheConnectionInsteadIsStopped() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        request.exchange().cancel();

        connection.close();

        assertThat(world.worker()).isEqualTo("retiring: connection lost or protocol broken");
        assertThat(request.sink().calls()).isEmpty();
        assertThat(world.requestsEnded()).isEqualTo(1);
    }

    @Test
    void applicationThatExitsInsteadIsNotReplacedForThisRequest() {
        FixtureRequest request = world.get();
        world.accept().expectRequest();
        request.exchange().cancel();

        world.application().exit();

        assertThat(world.workers()).isEmpty();
        assertThat(world.applications()).hasSize(1);
        assertThat(request.sink().calls()).isEmpty();
    }

    @Test
    void cancellingTwiceOrAfterTheEndDoesNothing() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(HEAD + "ok");
        world.run();

        request.exchange().cancel();
        request.exchange().cancel();

        connection.expectNothing();
        assertThat(request.sink().calls()).containsExactly("head 200", "body ok", "end");
    }

    @Test
    void secondCancelSendsNoSecondAbort() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();

        request.exchange().cancel();
        request.exchange().cancel();

        connection.expect(AbortRequest.class);
        connection.expectNothing();
    }
}
