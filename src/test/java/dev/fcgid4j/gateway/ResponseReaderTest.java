/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From FCGI_STDOUT to the calls of a sink. */
class ResponseReaderTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture(new FixtureOptions()
            .with(GatewaySettings.defaults().withSendFile(new SendFilePaths(List.of(Path.of("/data")), Map.of()))));

    private ScriptedConnection connectionOf(FixtureRequest request) {
        assertThat(request.sink().calls()).isEmpty();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    /** The sink's calls for a whole output in one record. */
    private List<String> callsFor(String method, String output) {
        FixtureRequest request = world.request(method, "");
        connectionOf(request).respond(output);
        world.run();
        return request.sink().calls();
    }

    @Test
    void outputMayBeCutIntoRecordsAnywhere() {
        String output = "Status: 201 Made\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello";
        for (int cut = 1; cut < output.length(); cut++) {
            FixtureRequest request = world.request("POST", "");
            ScriptedConnection connection = connectionOf(request);
            connection.stdout(output.substring(0, cut));
            world.run();
            connection.stdout(output.substring(cut)).end();
            world.run();

            assertThat(request.sink().calls()).as("cut at %s", cut).containsExactly("head 201", "body hello", "end");
            assertThat(request.sink().document().headers().last("X-A")).contains("b");
        }
    }

    @Test
    void responseMayArriveByteByByte() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);

        for (char c : (HEAD + "hello").toCharArray()) {
            connection.stdout(String.valueOf(c));
            world.run();
        }
        connection.end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body hello", "end");
    }

    @Test
    void headReachesTheClientBeforeThereIsABody() {
        FixtureRequest request = world.get();

        connectionOf(request).stdout(HEAD);
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200");
        assertThat(request.sink().flushes()).isEqualTo(1);
    }

    @Test
    void bodyIsPassedOnWheneverTheApplicationPauses() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);

        connection.stdout(HEAD + "a").stdout("b");
        world.run();
        connection.stdout("c");
        world.run();
        world.run();

        assertThat(request.sink().body()).isEqualTo("abc");
        assertThat(request.sink().flushes()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"GET, 204", "GET, 304", "POST, 204", "HEAD, 200", "HEAD, 404"})
    void responseWithoutABodyHasNoneWhateverTheScriptSends(String method, int status) {
        assertThat(callsFor(method, "Status: " + status + "\nContent-Type: text/plain\n\na body"))
                .containsExactly("head " + status, "end");
    }

    @Test
    void headRequestKeepsTheLengthThatTheScriptPromised() {
        FixtureRequest request = world.request("HEAD", "");
        connectionOf(request).respond("Content-Length: 5\nContent-Type: text/plain\n\n");
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "end");
        assertThat(request.sink().document().contentLength()).hasValue(5);
    }

    @Test
    void bodyOfThePromisedLengthIsComplete() {
        assertThat(callsFor("GET", "Content-Length: 5\n" + HEAD + "hello"))
                .containsExactly("head 200", "body hello", "end");
    }

    @Test
    void bytesBeyondThePromisedLengthAreDropped() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);

        connection
                .stdout("Content-Length: 5\n" + HEAD + "hel")
                .stdout("lo, and")
                .stdout("more")
                .end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body hello", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void bodyShorterThanPromisedIsCutAndTheWorkerServesOn() {
        assertThat(callsFor("GET", "Content-Length: 6\n" + HEAD + "hello"))
                .containsExactly("head 200", "body hello", "cut");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void emptyOutputIsAFailureAndTheWorkerServesOn() {
        FixtureRequest request = world.get();
        connectionOf(request).end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).isEqualTo("the script ended without any output");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void outputThatEndsWithinTheHeaderBlockIsAFailure() {
        FixtureRequest request = world.get();
        connectionOf(request).respond("Content-Type: text/plain\n");
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("ended within its header block");
    }

    @Test
    void informationalResponseIsDroppedAndTheNextOneIsTheAnswer() {
        FixtureRequest request = world.get();

        connectionOf(request).respond("Status: 103 Early Hints\nLink: </a.css>\n\nContent-Type: text/plain\n\nhello");
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body hello", "end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no header at all\n\n", "\n\n", "Status: 101\n\n", "Status: 700\n\n", "A: b\0c\n\n"})
    void headerBlockThatIsNoneIsAFailureAndEndsTheConnection(String output) {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);

        connection.respond(output);

        connection.expectClosed();
        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(world.worker()).isEqualTo("retiring: connection lost or protocol broken");
    }

    @Test
    void headerBlockBeyondTheLimitIsAFailure() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);

        for (int i = 0; i < 17 && request.sink().calls().isEmpty(); i++) {
            connection.offerStdout("X-" + i + ": " + "x".repeat(4000) + "\n");
            world.run();
        }

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("longer than 65536 bytes (FcgidMaxResponseHeader)");
        assertThat(world.worker()).isEqualTo("retiring: connection lost or protocol broken");
    }

    @Test
    void tooManyHeaderFieldsAreAFailure() {
        FixtureRequest request = world.get();
        connectionOf(request).stdout("A: b\n".repeat(201) + "\n");
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("FcgidMaxResponseFields");
    }

    @Test
    void localRedirectIsPassedOnWhenTheApplicationHasEnded() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = connectionOf(request);

        connection.stdout("Location: /other?x\n\n");
        world.run();
        assertThat(request.sink().calls()).isEmpty();
        connection.stdout("its body means nothing").end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("redirect /other?x");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void fileIsSentInPlaceOfTheBody() {
        assertThat(callsFor("GET", "X-Sendfile: /data/a.bin\n" + HEAD + "its body means nothing"))
                .containsExactly("file /data/a.bin");
    }

    @Test
    void fileThatMayNotBeSentIsAFailure() {
        FixtureRequest request = world.get();
        connectionOf(request).respond("X-Sendfile: /data/../etc/passwd\n" + HEAD);
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("XSendFilePath");
    }
}
