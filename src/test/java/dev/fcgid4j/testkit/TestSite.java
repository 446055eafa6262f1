/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.server.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** A real server on a temporary folder, and a real HTTP client. */
public final class TestSite implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final FcgiProcessManager manager;
    private final WebServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestSite(FcgiProcessManager manager, WebServer server) {
        this.manager = manager;
        this.server = server;
    }

    public static TestSite start(Path folder, String directives) throws IOException {
        return start(folder, directives, LIMIT);
    }

    /** With another limit for slow clients. */
    public static TestSite start(Path folder, String directives, Duration clientLimit) throws IOException {
        EventLoopFileAccess.watch();
        FcgiProcessManager manager = FcgiProcessManager.builder()
                .documentRoot(folder)
                .directives(directives)
                .start();
        return new TestSite(
                manager,
                WebServer.start(manager, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), clientLimit));
    }

    public static void script(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    public int port() {
        return server.address().getPort();
    }

    public FcgiProcessManager manager() {
        return manager;
    }

    public PoolSnapshot snapshot() {
        return manager.snapshot();
    }

    public HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(LIMIT);
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(to(path).build());
    }

    public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    public HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        server.close();
        EventLoopFileAccess.assertNone();
    }
}
