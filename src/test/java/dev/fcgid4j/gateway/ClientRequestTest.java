/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.gateway.HttpAdapter.Expectation;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.testkit.RecordingAdapter;
import dev.fcgid4j.testkit.ScriptedConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an adapter may rely on that has nothing to do with Netty's HTTP; at most 100 bytes of a body. */
class ClientRequestTest {

    private static final int LIMIT = 100;
    private static final Resolution FILE = new Resolution.StaticFile(Path.of("/site/file.txt"));

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture(new FixtureOptions()
            .with(GatewaySettings.defaults().withMaxRequestLen(LIMIT).withMaxRequestInMem(LIMIT)));

    private RecordingAdapter adapter = new RecordingAdapter("GET", "/app.fcgi", 0);

    private ClientRequest begin() {
        ClientRequest request = world.clientRequest(adapter);
        request.begin();
        return request;
    }

    private ClientRequest begin(String method, long length, Expectation expectation) {
        adapter = new RecordingAdapter(method, "/app.fcgi", length, expectation);
        return begin();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static void end(ClientRequest request) {
        request.content(Unpooled.EMPTY_BUFFER, true);
    }

    @Test
    void requestWithoutABodyIsAnsweredByTheApplication() {
        end(begin());
        ScriptedConnection connection = world.accept();
        assertThat(connection.expectRequest().params()).doesNotContainKey("CONTENT_LENGTH");

        connection.respond("Content-Type: text/plain\n\nhello");
        world.run();

        assertThat(adapter.calls()).containsExactly("head 200", "body hello", "end");
        adapter.sink().assertInOrder();
    }

    @Test
    void bodyIsWantedOnceTheTargetIsKnown() {
        ClientRequest request = world.clientRequest(adapter);
        assertThat(request.takesBody()).isFalse();
        assertThat(adapter.bodyWantedCalls()).isZero();

        request.begin();

        assertThat(request.takesBody()).isTrue();
        assertThat(adapter.bodyWantedCalls()).isOne();
    }

    @Test
    void pieceThatComesTooEarlyIsReleasedAndAMistakeOfTheAdapter() {
        ClientRequest request = world.clientRequest(adapter);
        ByteBuf piece = bytes("early");

        assertThatThrownBy(() -> request.content(piece, false)).isInstanceOf(IllegalStateException.class);

        assertThat(piece.refCnt()).isZero();
    }

    @Test
    void pieceThatComesAfterTheBodyIsReleasedAndAMistakeOfTheAdapter() {
        ClientRequest request = begin();
        end(request);
        ByteBuf piece = bytes("late");

        assertThatThrownBy(() -> request.content(piece, true)).isInstanceOf(IllegalStateException.class);

        assertThat(piece.refCnt()).isZero();
        assertThat(request.takesBody()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "TRACE,   /app.fcgi,         501",
        "CONNECT, a:443,             501",
        "GET,     /app.fcgi#x,       400",
        "GET,     http://me@a/x,     400",
        "GET,     *,                 400",
        "GET,     app.fcgi,          400"
    })
    void headThatLeavesInDoubtWhatItAsksForIsRefusedBeforeItsTargetIsLookedUp(
            String method, String target, int status) {
        adapter = new RecordingAdapter(method, target, 0);

        ClientRequest request = begin();

        assertThat(adapter.calls()).containsExactly("refuse " + status);
        assertThat(request.takesBody()).isFalse();
        assertThat(world.applications()).isEmpty();
    }

    @Test
    void optionsOfTheServerIsPassedOnWithoutALookup() {
        adapter = new RecordingAdapter("OPTIONS", "*", 0);

        end(begin());

        assertThat(adapter.calls()).containsExactly("pass on OPTIONS * Refused");
        assertThat(world.applications()).isEmpty();
    }

    @Test
    void announcedLengthBeyondTheLimitIsRefusedBeforeTheBodyIsWanted() {
        ClientRequest request = begin("POST", LIMIT + 1, Expectation.CONTINUE);

        assertThat(adapter.calls()).containsExactly("refuse 413");
        assertThat(adapter.bodyWantedCalls()).isZero();
        assertThat(request.takesBody()).isFalse();
    }

    @Test
    void bodyThatGrowsBeyondTheLimitIsRefusedAndReleased() {
        ClientRequest request = begin("POST", -1, Expectation.NONE);
        ByteBuf first = bytes("x".repeat(LIMIT));
        ByteBuf second = bytes("x");

        request.content(first, false);
        request.content(second, true);

        assertThat(adapter.calls()).containsExactly("refuse 413");
        assertThat(first.refCnt() + second.refCnt()).isZero();
        assertThat(world.applications()).isEmpty();
    }

    @Test
    void clientThatWaitsFor100ContinueGetsItBeforeItsBodyIsWanted() {
        ClientRequest request = begin("POST", 3, Expectation.CONTINUE);
        assertThat(adapter.calls()).containsExactly("continue");

        request.content(bytes("abc"), true);

        assertThat(world.accept().expectRequest().body()).isEqualTo("abc");
    }

    @Test
    void unknownExpectationIsRefused() {
        begin("POST", 3, Expectation.UNKNOWN);

        assertThat(adapter.calls()).containsExactly("refuse 417");
    }

    @Test
    void requestWithoutAnApplicationIsPassedOnAfterItsBody() {
        world.everythingLeadsTo(FILE);
        ClientRequest request = begin("PUT", 3, Expectation.NONE);
        ByteBuf body = bytes("abc");
        assertThat(adapter.calls()).isEmpty();

        request.content(body, true);

        assertThat(adapter.calls()).containsExactly("pass on PUT /app.fcgi StaticFile");
        assertThat(body.refCnt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTINUE", "UNKNOWN"})
    void requestThatWaitsForPermissionAndHasNoApplicationIsPassedOnWithoutItsBody(Expectation expectation) {
        world.everythingLeadsTo(FILE);

        ClientRequest request = begin("PUT", 3, expectation);

        assertThat(adapter.calls()).containsExactly("pass on PUT /app.fcgi StaticFile");
        assertThat(request.takesBody()).isFalse();
    }

    @Test
    void requestWhoseAnswerIsKnownIsPassedOnWithoutALookup() {
        ClientRequest request = world.clientRequest(adapter);

        request.begin(FILE);
        end(request);

        assertThat(adapter.calls()).containsExactly("pass on GET /app.fcgi StaticFile");
    }

    @Test
    void localRedirectNeverReachesTheAdapter() {
        ClientRequest request = begin("POST", 3, Expectation.NONE);
        request.content(bytes("abc"), true);
        ScriptedConnection first = world.accept();
        first.expectRequest();
        world.everythingLeadsTo(FILE);

        first.respond("Location: /elsewhere\n\n");
        world.run();

        assertThat(adapter.calls()).containsExactly("pass on GET /elsewhere StaticFile");
    }

    @Test
    void applicationWaitsForAnAdapterThatTakesNothingUntilItTakesAgain() {
        ClientRequest request = begin();
        end(request);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        adapter.sink().writable(false);
        connection.stdout("Content-Type: a/b\n\nfirst");
        world.run();
        connection.stdout("second");
        world.run();
        assertThat(adapter.sink().body()).isEqualTo("first");

        adapter.sink().writable(true);
        request.resume();
        world.run();

        assertThat(adapter.sink().body()).isEqualTo("firstsecond");
    }

    @Test
    void cancelledRequestCallsTheAdapterNoMore() {
        ClientRequest request = begin();
        end(request);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();

        request.cancel();
        request.cancel();
        connection.respond("Content-Type: a/b\n\nfor no client");
        world.run();

        assertThat(adapter.calls()).isEmpty();
    }

    @Test
    void cancelledUploadReleasesItsBody() {
        ClientRequest request = begin("POST", 6, Expectation.NONE);
        ByteBuf body = bytes("abc");
        request.content(body, false);

        request.cancel();

        assertThat(body.refCnt()).isZero();
        assertThat(request.takesBody()).isFalse();
    }

    @Test
    void resumeBeforeAnApplicationIsAskedIsHarmless() {
        ClientRequest request = begin("POST", 6, Expectation.NONE);

        request.resume();

        assertThat(adapter.calls()).isEmpty();
        request.cancel();
    }
}
