/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which connection a request gets, and what becomes of it afterwards. */
class ConnectionReuseTest {

    private static final String OK = "Content-Type: text/plain\n\nok";

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    /** A worker that has answered one request on this connection. */
    private ScriptedConnection usedConnection() {
        world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(OK);
        world.run();
        return connection;
    }

    @Test
    void firstRequestOpensAConnectionAndAsksToKeepIt() {
        FixtureRequest request = world.get();

        ScriptedConnection connection = world.accept();
        ScriptedConnection.Request received = connection.expectRequest();
        connection.respond("Content-Type: text/plain\n\nhello");
        world.run();

        assertThat(received.begin().keepConnection()).isTrue();
        assertThat(received.params()).containsEntry("REQUEST_METHOD", "GET").containsEntry("SCRIPT_NAME", "/app.fcgi");
        assertThat(received.body()).isEmpty();
        assertThat(request.sink().calls()).containsExactly("head 200", "body hello", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void nextRequestUsesTheConnectionThatWasKept() {
        ScriptedConnection connection = usedConnection();

        FixtureRequest second = world.get();
        connection.expectRequest();
        connection.respond(OK);
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        world.application().expectNoConnection();
    }

    @Test
    void requestThatMustNotBeRepeatedGetsAConnectionOfItsOwn() {
        ScriptedConnection kept = usedConnection();

        FixtureRequest post = world.request("POST", "a=1");
        ScriptedConnection fresh = world.accept();
        assertThat(fresh.expectRequest().body()).isEqualTo("a=1");
        fresh.respond(OK);
        world.run();

        kept.expectClosed();
        assertThat(post.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void connectionThatTheApplicationClosedMeanwhileIsNotUsed() {
        usedConnection().close();
        world.run();

        FixtureRequest second = world.get();
        ScriptedConnection fresh = world.accept();
        fresh.expectRequest();
        fresh.respond(OK);
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.workers()).hasSize(1);
    }

    @Test
    void keptConnectionThatBreaksBeforeAByteOfTheResponseIsReplacedOnTheSameWorker() {
        ScriptedConnection kept = usedConnection();

        FixtureRequest second = world.request("PUT", "all of it");
        kept.expectRequest();
        kept.close();
        ScriptedConnection fresh = world.accept();
        assertThat(fresh.expectRequest().body()).isEqualTo("all of it");
        fresh.respond(OK);
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.worker()).isEqualTo("idle");
        assertThat(world.requestsEnded()).isEqualTo(2);
    }

    @Test
    void keptConnectionThatBreaksAfterAByteOfTheResponseIsAFailure() {
        ScriptedConnection kept = usedConnection();

        FixtureRequest second = world.get();
        kept.expectRequest();
        kept.stdout("Content-").close();
        world.run();

        assertThat(second.sink().calls()).containsExactly("fail 502");
        assertThat(second.sink().failureMessage()).contains("closed the connection before the end of its response");
        assertThat(world.worker()).isEqualTo("retiring: connection lost or protocol broken");
        world.application().expectNoConnection();
    }

    @Test
    void connectionWhoseRequestWasAnsweredBeforeItWasReadIsNotKept() {
        FixtureRequest upload = world.request("PUT", "x".repeat(4_000_000));
        ScriptedConnection connection = world.accept();
        connection.respond(OK);
        connection.expectClosed();

        assertThat(upload.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.worker()).isEqualTo("idle");
        world.get();
        world.accept().expectRequest();
    }

    @Test
    void connectionThatTheApplicationClosesBehindItsResponseIsNotKept() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(OK);
        connection.close();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.worker()).isEqualTo("idle");
        world.get();
        world.accept().expectRequest();
    }

    @Test
    void workerThatCanNotBeReachedIsStoppedAndTheRequestGoesToAnotherOne() {
        usedConnection();
        world.application().stopListening();

        FixtureRequest post = world.request("POST", "a=1");
        ScriptedConnection connection = world.accept();
        assertThat(connection.expectRequest().body()).isEqualTo("a=1");
        connection.respond(OK);
        world.run();

        assertThat(post.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.applications()).hasSize(2);
        assertThat(world.applications().get(0).isTerminated()).isTrue();
        assertThat(world.workers())
                .anySatisfy(worker -> assertThat(worker.retiring()).contains("did not accept a connection"));
    }
}
