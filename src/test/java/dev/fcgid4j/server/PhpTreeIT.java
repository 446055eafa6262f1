/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree of PHP pages as applications are made of them. */
class PhpTreeIT {

    @TempDir
    private Path root;

    @Test
    void pagesOfAPhpApplicationWork() throws Exception {
        TestApplication.PHP.install(root);
        Files.createDirectories(root.resolve("private"));
        Files.writeString(root.resolve("private/.htaccess"), "Order deny,allow\nDeny from all\n");
        Files.writeString(root.resolve("private/notes.txt"), "secret");
        Files.writeString(
                root.resolve(".htaccess"),
                "<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteRule . /front.php [L]\n</IfModule>\n"
                        + "<FilesMatch \"\\.(inc|sql)$\">\n  Require all denied\n</FilesMatch>\nFallbackResource /front.php\n");
        Files.writeString(root.resolve("front.php"), "<?php echo 'front of ', $_SERVER['REQUEST_URI'];");
        Files.writeString(root.resolve("dump.sql"), "secret");
        Files.writeString(root.resolve("lib.inc"), "<?php function greet() { return 'included'; }");
        Files.writeString(root.resolve("include.php"), "<?php require 'lib.inc'; echo greet();");
        Files.writeString(
                root.resolve("session.php"), "<?php session_start(); echo $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;");
        Files.writeString(
                root.resolve("files.php"),
                "<?php $f = $_FILES['f']; echo $f['name'], ' ', $f['size'], ' ', md5_file($f['tmp_name']);");
        Files.writeString(
                root.resolve("go.php"), "<?php header('Location: http://example.org/there'); exit; echo 'never';");
        Files.writeString(root.resolve("exit.php"), "<?php echo 'before'; exit; echo 'after';");
        Files.writeString(root.resolve("big.php"), "<?php for ($i = 0; $i < 1000; $i++) echo str_repeat('y', 10000);");
        try (TestSite site = TestSite.start(root, TestApplication.PHP.directives())) {
            HttpResponse<String> first = site.get("/session.php");
            String cookie =
                    first.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
            assertThat(first.body()).isEqualTo("1");
            assertThat(site.send(site.to("/session.php")
                                    .header("Cookie", cookie)
                                    .build())
                            .body())
                    .isEqualTo("2");

            HttpRequest upload = site.to("/files.php")
                    .header("Content-Type", "multipart/form-data; boundary=B")
                    .POST(
                            HttpRequest.BodyPublishers.ofString(
                                    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nhello\r\n--B--\r\n"))
                    .build();
            assertThat(site.send(upload).body()).isEqualTo("a.txt 5 5d41402abc4b2a76b9719d911017c592");

            HttpResponse<String> moved = site.get("/go.php");
            assertThat(moved.statusCode()).isEqualTo(302);
            assertThat(moved.headers().firstValue("location")).contains("http://example.org/there");
            assertThat(site.get("/exit.php").body()).isEqualTo("before");
            assertThat(site.get("/include.php").body()).isEqualTo("included");
            assertThat(site.get("/big.php").body()).hasSize(10_000_000);
            assertThat(site.get("/a/pretty/path?x=1").body()).isEqualTo("front of /a/pretty/path?x=1");
            assertThat(site.get("/private/notes.txt").statusCode()).isEqualTo(403);
            assertThat(site.get("/dump.sql").statusCode()).isEqualTo(403);
            assertThat(site.get("/lib.inc").statusCode()).isEqualTo(403);
        }
    }
}
