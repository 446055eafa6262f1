/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.Browser;
import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled example site, as a newcomer meets it. */
class ExampleSiteIT {

    @TempDir
    private Path folder;

    private Path site;

    @BeforeEach
    void unpack() throws Exception {
        site = folder.resolve("site");
        ExampleSite.unpack(site);
    }

    @Test
    void everyPageAnswers() throws Exception {
        for (String needed : List.of("perl", "python3", "php-cgi", "ruby-fcgi")) {
            Interpreters.required(needed);
        }
        try (TestSite running = TestSite.start(site, "AllowOverride All\n" + TestApplication.PHP.directives())) {
            assertThat(running.get("/").body()).contains("fcgid4j is running");
            for (String page : List.of("/counter-perl.fcgi", "/counter-python.fcgi", "/hello.php", "/hello.rb")) {
                String first = running.get(page).body();
                String second = running.get(page).body();
                assertThat(pid(second)).as(page).isEqualTo(pid(first));
                if (!page.equals("/hello.php")) { // PHP keeps nothing between requests
                    assertThat(served(first)).as(page).isEqualTo("1");
                    assertThat(served(second)).as(page).isEqualTo("2");
                }
            }
        }
    }

    @Test
    void theSourceInCBuildsAsItSaysAndAnswers() throws Exception {
        Interpreters.required("libfcgi");
        String source = Files.readString(site.resolve("source/hello.c"));
        String command = source.lines()
                .filter(line -> line.contains("gcc "))
                .findFirst()
                .orElseThrow()
                .replaceAll("^ \\* *|\\(.*", "");
        Process build = new ProcessBuilder("sh", "-c", command)
                .directory(site.toFile())
                .inheritIO()
                .start();
        assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(build.exitValue()).isZero();

        try (TestSite running = TestSite.start(site, "AllowOverride All")) {
            assertThat(running.get("/hello-c.fcgi").body()).contains("has served 1 requests");
            assertThat(running.get("/hello-c.fcgi").body()).contains("has served 2 requests");
        }
    }

    @Test
    void newcomerReloadsEditsAndLooksAtTheStatusPage() throws Exception {
        Interpreters.required("perl");
        try (TestSite running = TestSite.start(site, "AllowOverride All");
                Browser browser = Browser.start()) {
            browser.open("http://127.0.0.1:" + running.port() + "/");
            assertThat(browser.text("h1")).isEqualTo("fcgid4j is running");

            browser.click("a[href='counter-perl.fcgi']");
            String pid = browser.text("#pid");
            assertThat(browser.text("#served")).isEqualTo("1");
            browser.reload();
            assertThat(browser.text("#pid")).isEqualTo(pid);
            assertThat(browser.text("#served")).isEqualTo("2");

            Path script = site.resolve("counter-perl.fcgi");
            Files.writeString(script, Files.readString(script).replace("Hello from Perl", "Edited"));
            browser.reload();
            assertThat(browser.text("h1")).isEqualTo("Edited");
            assertThat(browser.text("#pid")).isNotEqualTo(pid);

            browser.click("a[href='/']");
            browser.click("a[href='/fcgid-status']");
            assertThat(browser.text("h1")).isEqualTo("fcgid4j status");
            assertThat(browser.text("body")).contains("counter-perl.fcgi", pid, "file changed");
        }
    }

    @Test
    void newcomerUploadsAFile() throws Exception {
        Interpreters.required("perl");
        Path file = folder.resolve("letter.txt");
        Files.writeString(file, "hello");
        try (TestSite running = TestSite.start(site, "AllowOverride All");
                Browser browser = Browser.start()) {
            browser.open("http://127.0.0.1:" + running.port() + "/upload.fcgi");
            browser.type("input[type=file]", file.toString());
            browser.click("button");

            assertThat(browser.text("strong")).isEqualTo("letter.txt");
            assertThat(browser.text("code"))
                    .isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        }
    }

    private static String pid(String page) {
        return page.replaceAll("(?s).*id=\"pid\">(\\d+)<.*", "$1");
    }

    private static String served(String page) {
        return page.replaceAll("(?s).*id=\"served\">(\\d+)<.*", "$1");
    }
}
