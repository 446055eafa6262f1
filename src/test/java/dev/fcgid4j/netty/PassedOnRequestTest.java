/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.gateway.SendFilePaths;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What something else than the application that was asked for answers: the next handler, another path, a file. */
class PassedOnRequestTest {

    private static final Path FILES = Path.of("/files");

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture(GatewaySettings.defaults()
            .withMaxRequestLen(1 << 20)
            .withMaxRequestInMem(1000)
            .withSendFile(new SendFilePaths(List.of(FILES), Map.of("/private/", FILES))));

    private ScriptedConnection request(ClientChannel client, String request) {
        client.send(request);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    // ---- no application -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"/file.txt,StaticFile", "/folder,Moved", "/missing,Refused"})
    void requestThatNoApplicationAnswersGoesToTheNextHandlerWithTheReason(String target, String reason)
            throws Exception {
        ClientChannel client = world.connect();

        client.send("DELETE " + target + "?q HTTP/1.1~Host: a~X-A: 1~~");

        ResolvedRequest passed = world.next().request();
        assertThat(passed.resolution().getClass().getSimpleName()).isEqualTo(reason);
        assertThat(passed.request().method().name()).isEqualTo("DELETE");
        assertThat(passed.request().uri()).isEqualTo(target + "?q");
        assertThat(passed.request().headers().get("x-a")).isEqualTo("1");
        assertThat(passed.sendFile()).isEmpty();
        assertThat(client.received()).endsWith("next");
    }

    @Test
    void targetOfTheNextHandlerIsNotLookedUp() throws Exception {
        ClientChannel client = world.connect("/status"::equals);

        client.send("POST /status HTTP/1.1~Host: a~Content-Length: 3~~abc");

        assertThat(world.next().request().request().uri()).isEqualTo("/status");
        assertThat(world.lookedUp()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/file.txt?q", "/status"})
    void nextHandlerGetsTheHostOfATargetInAbsoluteForm(String path) throws Exception {
        ClientChannel client = world.connect("/status"::equals);

        client.send("GET HTTP://other.example:81" + path + " HTTP/1.1~Host: localhost~~");

        ResolvedRequest passed = world.next().request();
        assertThat(passed.request().uri()).isEqualTo(path);
        assertThat(passed.request().headers().getAll("host")).containsExactly("other.example:81");
    }

    @Test
    void messageThatIsNotHttpGoesToTheNextHandler() throws Exception {
        ClientChannel client = world.connect(new FastCgiHttpHandler(world.gateway()));

        client.writeInbound("a message of the embedder");

        assertThat(client.<Object>readInbound()).isEqualTo("a message of the embedder");
    }

    // ---- local redirects ------------------------------------------------------------------------------------------

    @Test
    void localRedirectIsAnsweredByTheOtherApplicationWithGetAndWithoutTheBody() throws Exception {
        ClientChannel client = world.connect();
        request(client, "POST /app.fcgi?q=1 HTTP/1.1~Host: a~Content-Length: 3~~abc")
                .respond("Location: /other.fcgi?r=2\n\ndropped");

        ScriptedConnection other = world.accept();
        ScriptedConnection.Request request = other.expectRequest();
        other.respond("Content-Type: a/b\n\nother");

        assertThat(request.body()).isEmpty();
        assertThat(request.params())
                .containsEntry("REQUEST_METHOD", "GET")
                .containsEntry("SCRIPT_NAME", "/other.fcgi")
                .containsEntry("QUERY_STRING", "r=2")
                .containsEntry("REDIRECT_URL", "/app.fcgi")
                .containsEntry("REDIRECT_QUERY_STRING", "q=1")
                .doesNotContainKey("CONTENT_LENGTH");
        assertThat(client.received()).containsOnlyOnce("HTTP/1.1 200 OK").endsWith("other");
    }

    @ParameterizedTest
    @CsvSource({"POST,GET", "PUT,GET", "HEAD,HEAD"})
    void localRedirectToWhatIsNoApplicationGoesToTheNextHandler(String method, String passed) throws Exception {
        ClientChannel client = world.connect();

        request(client, method + " /app.fcgi HTTP/1.1~Host: a~~").respond("Location: /file.txt?r\n\n");

        assertThat(client.received()).startsWith("HTTP/1.1 200 OK");
        ResolvedRequest request = world.next().request();
        assertThat(request.request().method().name()).isEqualTo(passed);
        assertThat(request.request().uri()).isEqualTo("/file.txt?r");
        assertThat(request.resolution()).isInstanceOf(Resolution.StaticFile.class);
        assertThat(request.sendFile()).isEmpty();
    }

    @Test
    void targetOfALocalRedirectIsLookedUpOnTheDiskIfNeedBe() throws Exception {
        ClientChannel client = world.connect();
        ScriptedConnection connection = request(client, "GET /app.fcgi HTTP/1.1~Host: a~~");
        world.forgetTargets();
        world.holdBlocking();
        connection.respond("Location: /file.txt\n\n");
        assertThat(client.received()).isEmpty();

        world.releaseBlocking();

        assertThat(client.received()).endsWith("next");
    }

    @Test
    void tenLocalRedirectsAreFollowedAndTheEleventhIsA502() throws Exception {
        ClientChannel client = world.connect();
        try (LogCapture log = LogCapture.of("dev.fcgid4j")) {
            ScriptedConnection connection = request(client, "GET /app.fcgi HTTP/1.1~Host: a~~");
            for (int redirects = 0; redirects < 10; redirects++) {
                connection.respond("Location: /app.fcgi\n\n");
                connection.expectRequest();
            }
            connection.respond("Location: /app.fcgi\n\n");

            assertThat(client.received()).startsWith("HTTP/1.1 502");
            assertThat(log.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("more than 10 local redirects, the last one to /app.fcgi");
        }
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void hostOfATargetInAbsoluteFormCountsBeforeAndAfterALocalRedirect() throws Exception {
        ClientChannel client = world.connect();
        client.send("GET http://other.example:81/app.fcgi?q HTTP/1.1~Host: localhost~~");
        ScriptedConnection connection = world.accept();
        Map<String, String> first = connection.expectRequest().params();

        connection.respond("Location: /other.fcgi\n\n");

        ScriptedConnection other = world.accept();
        Map<String, String> second = other.expectRequest().params();
        other.respond("Content-Type: a/b\n\nok");
        for (Map<String, String> params : List.of(first, second)) {
            assertThat(params)
                    .containsEntry("HTTP_HOST", "other.example:81")
                    .containsEntry("SERVER_NAME", "other.example")
                    .containsEntry("SERVER_PORT", "81");
        }
        assertThat(first).containsEntry("REQUEST_URI", "/app.fcgi?q");
        assertThat(second).containsEntry("REDIRECT_URL", "/app.fcgi");
    }

    @Test
    void locationWithTwoSlashesIsAPathOfThisServer() throws Exception {
        ClientChannel client = world.connect();

        request(client, "GET /app.fcgi HTTP/1.1~Host: a~~").respond("Location: //file.txt\n\n");

        assertThat(client.received()).doesNotContainIgnoringCase("location:");
        assertThat(world.lookedUp()).containsExactly("/app.fcgi", "//file.txt");
    }

    @Test
    void redirectOfTheClientIsNotFollowed() throws Exception {
        ClientChannel client = world.connect();

        request(client, "GET /app.fcgi HTTP/1.1~Host: a~~").respond("Location: http://b/other.fcgi\n\n");

        assertThat(client.received()).startsWith("HTTP/1.1 302 Found").contains("Location: http://b/other.fcgi");
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"X-Sendfile: /files/a.txt,POST,GET", "X-Accel-Redirect: /private/a.txt,HEAD,HEAD"})
    void fileThatTheApplicationNamesGoesToTheNextHandler(String field, String method, String passed) throws Exception {
        ClientChannel client = world.connect();

        request(client, method + " /app.fcgi HTTP/1.1~Host: a~~").respond(field + "\nX-A: 1\n\ndropped");

        assertThat(client.received()).startsWith("HTTP/1.1 200 OK").doesNotContain("dropped");
        ResolvedRequest request = world.next().request();
        CgiResponse.SendFile file = request.sendFile().orElseThrow();
        assertThat(request.request().method().name()).isEqualTo(passed);
        assertThat(request.resolution()).isEqualTo(new Resolution.StaticFile(FILES.resolve("a.txt")));
        assertThat(file.file()).isEqualTo(FILES.resolve("a.txt"));
        assertThat(file.folder()).isEqualTo(FILES);
        assertThat(file.headers().fields()).containsExactly(Map.entry("X-A", "1"));
    }

    @Test
    void fileOutsideOfThePermittedFoldersIsA502() throws Exception {
        ClientChannel client = world.connect();

        request(client, "POST /app.fcgi HTTP/1.1~Host: a~~").respond("X-Sendfile: /etc/passwd\n\n");

        assertThat(client.received()).startsWith("HTTP/1.1 502");
        assertThat(world.next().requests()).isEmpty();
    }
}
