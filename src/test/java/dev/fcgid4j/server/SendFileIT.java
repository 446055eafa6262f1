/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that have the server send a file in place of their own body. */
class SendFileIT {

    @TempDir
    private Path temp;

    private Path root;
    private Path files;

    @BeforeEach
    void makeFiles() throws Exception {
        root = Files.createDirectories(temp.toRealPath().resolve("site"));
        files = Files.createDirectories(temp.toRealPath().resolve("files"));
        Files.writeString(files.resolve("book.txt"), "once upon a time");
        Files.writeString(temp.resolve("secret"), "secret");
        Files.createSymbolicLink(files.resolve("link"), temp.toRealPath().resolve("secret"));
    }

    /** A script that answers with these header lines and a body that no client may see. */
    private void script(String header) throws Exception {
        String source = Files.readString(TestApplication.PERL_CORE.install(root));
        String line = "    return $print->(\"" + header.replace("\n", "\\r\\n") + "\\r\\n\\r\\nthe script\");\n";
        TestSite.script(
                root.resolve("send.fcgi"),
                source.replace("    if ($op eq 'redirect')", line + "    if ($op eq 'redirect')"));
    }

    private String permitted() {
        return "XSendFilePath " + files + "\nXAccelPath /files/ " + files;
    }

    private static HttpResponse<String> ask(TestSite site, String... headers) throws Exception {
        HttpRequest.Builder request = site.to("/send.fcgi");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return site.send(request.build());
    }

    @Test
    void fileIsSentWithTheHeadersOfTheScript() throws Exception {
        script("X-Sendfile: " + files + "/book.txt\nContent-Type: text/x-book\nSet-Cookie: a=1\nContent-Length: 10");
        try (TestSite site = TestSite.start(root, permitted())) {
            HttpResponse<String> whole = ask(site);

            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo("once upon a time");
            assertThat(whole.headers().firstValue("content-type")).contains("text/x-book");
            assertThat(whole.headers().firstValue("set-cookie")).contains("a=1");
            assertThat(whole.headers().firstValue("content-length")).contains("16");
            assertThat(whole.headers().map()).doesNotContainKey("x-sendfile");

            HttpResponse<String> part = ask(site, "Range", "bytes=5-8");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("upon");

            String etag = whole.headers().firstValue("etag").orElseThrow();
            assertThat(ask(site, "If-None-Match", etag).statusCode()).isEqualTo(304);
        }
    }

    @Test
    void pathUnderAPrefixLeadsIntoItsFolderAlsoAfterAPost() throws Exception {
        script("X-Accel-Redirect: /files/book.txt\nContent-Type: text/plain");
        try (TestSite site = TestSite.start(root, permitted())) {
            HttpResponse<String> sent = site.send(site.to("/send.fcgi")
                    .POST(HttpRequest.BodyPublishers.ofString("form"))
                    .build());

            assertThat(sent.statusCode()).isEqualTo(200);
            assertThat(sent.body()).isEqualTo("once upon a time");
        }
    }

    @Test
    void nothingOutsideOfTheFolderIsSent() throws Exception {
        try (TestSite site = TestSite.start(root, permitted())) {
            script("X-Sendfile: " + files + "/../secret\nContent-Type: text/plain");
            assertThat(ask(site).statusCode()).isEqualTo(502);
            script("X-Accel-Redirect: /files/../secret\nContent-Type: text/plain");
            assertThat(ask(site).statusCode()).isEqualTo(502);
            script("X-Sendfile: /etc/passwd\nContent-Type: text/plain");
            assertThat(ask(site).statusCode()).isEqualTo(502);
            script("X-Sendfile: " + files + "/link\nContent-Type: text/plain");
            assertThat(ask(site).statusCode()).isEqualTo(404);
            script("X-Sendfile: " + files + "/nothing\nContent-Type: text/plain");
            try (LogCapture log = LogCapture.of("dev.fcgid4j.server.StaticFileHandler")) {
                assertThat(ask(site).statusCode()).isEqualTo(404);
                assertThat(log.lines(Level.WARN)).singleElement().asString().contains("/send.fcgi", files + "/nothing");
            }
            script("X-Sendfile: " + files + "\nContent-Type: text/plain");
            assertThat(ask(site).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void fieldsMeanNothingWhereNothingIsPermitted() throws Exception {
        script("X-Sendfile: " + files + "/book.txt\nContent-Type: text/plain");
        try (TestSite site = TestSite.start(root, "")) {
            HttpResponse<String> plain = ask(site);

            assertThat(plain.body()).isEqualTo("the script");
            assertThat(plain.headers().firstValue("x-sendfile")).isPresent();
        }
    }
}
