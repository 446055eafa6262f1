/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real browser, led through the WebDriver protocol of its driver. Without a driver the test is skipped aloud. */
public final class Browser implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("successfully on port (\\d+)");
    private static final Pattern SESSION = Pattern.compile("\"sessionId\":\"([^\"]+)\"");
    private static final Pattern ELEMENT = Pattern.compile("\"element-[^\"]+\":\"([^\"]+)\"");
    private static final Pattern TEXT = Pattern.compile("\"value\":\"((?:[^\"\\\\]|\\\\.)*)\"", Pattern.DOTALL);

    private final Process driver;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String address;
    private final String id;

    private Browser(Process driver, String address, Path profile) throws IOException, InterruptedException {
        this.driver = driver;
        String arguments = String.join(
                "\",\"",
                List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + profile));
        this.address = address;
        String created = call(
                "POST",
                "/session",
                "{\"capabilities\":{\"alwaysMatch\":{\"goog:chromeOptions\":{\"args\":[\"" + arguments + "\"]}}}}");
        this.id = find(SESSION, created);
    }

    /** Starts one, with a profile of its own below the build's folder: it is written to until the browser has ended. */
    public static Browser start() throws IOException, InterruptedException {
        String program = Interpreters.required("chromedriver");
        Path profile = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "browser-");
        Process driver = new ProcessBuilder(program, "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null) {
            Matcher matcher = PORT.matcher(line);
            if (matcher.find()) {
                return new Browser(driver, "http://127.0.0.1:" + matcher.group(1), profile);
            }
            line = out.readLine();
        }
        throw new IOException(program + " named no port");
    }

    /** Opens a page and waits until it is there. */
    public void open(String url) throws IOException, InterruptedException {
        call("POST", "/session/" + id + "/url", "{\"url\":\"" + url + "\"}");
    }

    /** Opens the page again. */
    public void reload() throws IOException, InterruptedException {
        call("POST", "/session/" + id + "/refresh", "{}");
    }

    /** Clicks on the first element that a CSS selector finds, and waits for the page it leads to. */
    public void click(String selector) throws IOException, InterruptedException {
        call("POST", "/session/" + id + "/element/" + element(selector) + "/click", "{}");
    }

    /** Types into an element; for a file field, the file's path. */
    public void type(String selector, String keys) throws IOException, InterruptedException {
        call("POST", "/session/" + id + "/element/" + element(selector) + "/value", "{\"text\":\"" + keys + "\"}");
    }

    /** What a reader sees of an element. */
    public String text(String selector) throws IOException, InterruptedException {
        return find(TEXT, call("GET", "/session/" + id + "/element/" + element(selector) + "/text", ""))
                .replace("\\n", "\n");
    }

    /** Waits for the element, because a click returns before the page that it leads to is there. */
    private String element(String selector) throws IOException, InterruptedException {
        String body = "{\"using\":\"css selector\",\"value\":\"" + selector + "\"}";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        HttpResponse<String> response = send("POST", "/session/" + id + "/element", body);
        while (response.statusCode() == 404 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            response = send("POST", "/session/" + id + "/element", body);
        }
        assertThat(response.statusCode())
                .as("%s: %s", selector, response.body())
                .isEqualTo(200);
        return find(ELEMENT, response.body());
    }

    private String call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(method, path, body);
        assertThat(response.statusCode())
                .as("%s %s: %s", method, path, response.body())
                .isEqualTo(200);
        return response.body();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/json; charset=utf-8")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    @Override
    public void close() {
        try {
            call("DELETE", "/session/" + id, "");
        } catch (IOException e) {
            throw new AssertionError("the browser can't be ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.destroy();
        CompletableFuture<Process> end = driver.onExit();
        assertThat(end).succeedsWithin(Duration.ofSeconds(30));
    }
}
