/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.Language;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import dev.fcgid4j.watch.FileStamp;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that reads a file while a writer changes it is run again, if that is safe. No client sees the first answer. */
class HalfReadFilesIT {

    private static final String EARLY = "?op=early";
    private static final String LATE = "?op=late";

    @TempDir
    private Path temp;

    private Path root;
    private Language language;
    private Path late;

    private TestSite start(Language chosen, String quietTime) throws Exception {
        language = chosen;
        root = temp.toRealPath();
        late = root.resolve(language.late());
        language.worker().install(root);
        Files.writeString(root.resolve(language.early()), language.library("Early", 100));
        Files.writeString(late, language.library("Late", 100));
        TestSite.script(
                root.resolve(language.page()), language.script(language.worker().program()));
        TestSite site = TestSite.start(
                root,
                TestApplication.PHP.directives() + "\nFcgidMaxProcessesPerClass 1\nFcgidWatch *.inc\nFcgidQuietTime "
                        + quietTime);
        // One process loads the file, so that the server knows it; the next process has not loaded it.
        assertThat(ask(site, LATE)).endsWith(" 100 100");
        looked(site);
        renew(site);
        return site;
    }

    /** Replaces the process by one that has loaded nothing late. */
    private void renew(TestSite site) throws Exception {
        assertThat(site.manager().recycle(seen(site).name())).isTrue();
        awaitStableProcess(site);
        assertThat(ask(site, EARLY)).endsWith(" 100 -");
        looked(site);
    }

    /** Waits until the same process serves twice: one that has loaded a file right after its change may be replaced. */
    private void awaitStableProcess(TestSite site) throws Exception {
        String before = "";
        String now = ask(site, EARLY);
        while (!now.equals(before)) {
            looked(site);
            before = now;
            now = ask(site, EARLY);
        }
        looked(site);
    }

    /** Until what it has loaded is known. */
    private static void looked(TestSite site) {
        until("it is looked at", () -> seen(site).workers().stream()
                .allMatch(worker -> worker.state().equals("idle")));
    }

    private String ask(TestSite site, String query) throws Exception {
        HttpResponse<String> response = site.get("/" + language.page() + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private CompletableFuture<HttpResponse<String>> begin(TestSite site, String method) {
        return begin(site, method, LATE);
    }

    private CompletableFuture<HttpResponse<String>> begin(TestSite site, String method, String query) {
        return site.client()
                .sendAsync(
                        site.to("/" + language.page() + query)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static PoolSnapshot.ClassSnapshot seen(TestSite site) {
        return site.snapshot().classes().get(0);
    }

    /** Older than a tick of any file system's clock, as far as local ones go. */
    private static void untilItIsOld(Path file) {
        long changed = FileStamp.of(file).changedNanos();
        until(
                file + " is old",
                () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - changed
                        > TimeUnit.MILLISECONDS.toNanos(200));
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** What there is of version 123 so far: nothing, or as much as ends in the middle of the number. */
    private byte[] half(boolean empty) {
        String text = language.library("Late", 123);
        return text.substring(0, empty ? 0 : text.indexOf("123") + 2).getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "PERL, true",
        "PERL, false",
        "PYTHON, true",
        "PYTHON, false",
        "RUBY, true",
        "RUBY, false",
        "PHP, true",
        "PHP, false"
    })
    void itsAnswerIsThatOfTheWholeFile(Language chosen, boolean empty) throws Exception {
        try (TestSite site = start(chosen, "100")) {
            CompletableFuture<HttpResponse<String>> waiting;
            byte[] half = half(empty);
            try (OutputStream writer = Files.newOutputStream(late)) {
                writer.write(half);
                long before = seen(site).requests();
                waiting = begin(site, "GET");
                until("it has read half of it", () -> seen(site).requests() > before);
                assertThat(waiting).as("no client sees that").isNotDone();
                byte[] whole = language.library("Late", 123).getBytes(StandardCharsets.UTF_8);
                writer.write(whole, half.length, whole.length - half.length);
            }
            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).endsWith(" 100 123");
        }
    }

    /** As between the truncation of a file and its event: a folder's watch doesn't report writes through a name elsewhere. */
    @ParameterizedTest
    @EnumSource
    void unreportedWriterIsFound(Language chosen) throws Exception {
        try (TestSite site = start(chosen, "100")) {
            Path elsewhere = Files.createDirectory(root.resolve("elsewhere")).resolve("another-name");
            Files.createLink(elsewhere, late);
            renew(site); // a new watch finds out that the file has another name
            CompletableFuture<HttpResponse<String>> waiting;
            try (OutputStream writer = Files.newOutputStream(elsewhere)) {
                long before = seen(site).requests();
                waiting = begin(site, "GET");
                until("it has read nothing of it", () -> seen(site).requests() > before);
                assertThat(waiting).as("no client sees that").isNotDone();
                writer.write(language.library("Late", 123).getBytes(StandardCharsets.UTF_8));
            }
            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).endsWith(" 100 123");
        }
    }

    /** Two failures to start would make the others wait for half a second, and be refused. */
    @ParameterizedTest
    @EnumSource(names = {"PERL", "PYTHON", "RUBY"})
    void startThatFailsBecauseOfAnUnreportedWriterIsNoError(Language chosen) throws Exception {
        try (TestSite site = start(chosen, "100")) {
            Path early = root.resolve(language.early());
            Path elsewhere = Files.createDirectory(root.resolve("elsewhere")).resolve("another-name");
            Files.createLink(elsewhere, early);
            renew(site);
            CompletableFuture<HttpResponse<String>> waiting;
            try (FileOutputStream writer = new FileOutputStream(elsewhere.toFile())) {
                long before = seen(site).started();
                writer.write('('); // of which no language makes sense
                assertThat(site.manager().recycle(seen(site).name())).isTrue();
                waiting = begin(site, "GET", EARLY);
                until("several starts have failed", () -> seen(site).started() > before + 3);
                assertThat(waiting).isNotDone();
                writer.getChannel().truncate(0);
                writer.write(language.library("Early", 123).getBytes(StandardCharsets.UTF_8));
            }
            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).endsWith(" 123 -");
        }
    }

    @ParameterizedTest
    @CsvSource({"PERL, 502", "PHP, 500"})
    void unsafeRequestIsNotRepeated(Language chosen, int status) throws Exception {
        try (TestSite site = start(chosen, "100");
                OutputStream writer = Files.newOutputStream(late)) {
            writer.write(half(false));
            long before = seen(site).requests();

            HttpResponse<String> response = begin(site, "POST").get(30, TimeUnit.SECONDS);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(seen(site).requests()).isEqualTo(before + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"PERL, 502", "PHP, 500"})
    void fileThatStaysPartialFailsInTheEnd(Language chosen, int status) throws Exception {
        try (TestSite site = start(chosen, "0.2");
                OutputStream writer = Files.newOutputStream(late)) {
            writer.write(half(false));
            long before = seen(site).requests();

            HttpResponse<String> response = begin(site, "GET").get(30, TimeUnit.SECONDS);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(seen(site).requests()).isGreaterThan(before + 1);
        }
    }

    @Test
    void requestWithAnEffectIsNotRunAgainForAnAnswerThatIsNoFailure() throws Exception {
        try (TestSite site = start(Language.PHP, "100")) {
            Files.writeString(root.resolve(language.page()), "<?php file_put_contents('runs', 'x', FILE_APPEND);");
            try (OutputStream writer = Files.newOutputStream(late)) {
                writer.write(half(false));
                assertThat(begin(site, "PUT").get(30, TimeUnit.SECONDS).statusCode())
                        .isEqualTo(200);
            }
            assertThat(root.resolve("runs")).content().isEqualTo("x");
        }
    }

    @Test
    void fileThatAWithheldAnswerNamesIsWatched() throws Exception {
        try (TestSite site = start(Language.PERL, "100")) {
            Path template = Files.writeString(root.resolve("page.tpl"), "one");
            Files.writeString(root.resolve("Other.pm"), "1;");
            TestSite.script(root.resolve(language.page()), """
                    #!/usr/bin/perl
                    use FCGI;
                    my $request = FCGI::Request();
                    my $named = 0;
                    while ($request->Accept() >= 0) {
                        require './Late.pm' if $ENV{QUERY_STRING} eq 'op=late';
                        if ($ENV{QUERY_STRING} eq 'op=name' && !$named++) {
                            require './Other.pm';
                            print "X-Fcgid-Watch: page.tpl\r\n";
                        }
                        print "Content-Type: text/plain\r\n\r\n$$ $named";
                    }
                    """);
            ask(site, LATE);
            looked(site);
            untilItIsOld(template); // when the process starts; otherwise it is unknown whether it has read this version
            assertThat(site.manager().recycle(seen(site).name())).isTrue();
            awaitStableProcess(site);
            long before = seen(site).requests();
            CompletableFuture<HttpResponse<String>> waiting;
            try (OutputStream writer = Files.newOutputStream(late)) {
                writer.write(half(false));
                waiting = begin(site, "GET", "?op=name");
                until("an answer was withheld", () -> seen(site).requests() > before);
            }
            String answer = waiting.get(30, TimeUnit.SECONDS).body();
            assertThat(answer).as("of the same process again").endsWith(" 2");
            looked(site);
            Files.writeString(template, "two");

            assertThat(ask(site, EARLY)).as("another process").endsWith(" 0");
        }
    }

    @Test
    void theRestOfAnAnswerThatIsWorthNothingIsNotWaitedFor() throws Exception {
        try (TestSite site = start(Language.PHP, "100")) {
            Files.writeString(
                    root.resolve(language.page()),
                    "<?php $late = require './late.inc'; echo \"late $late\"; if ($late !== 123) { touch('read');"
                            + " echo str_repeat('.', 65536); flush(); while (!file_exists('go-on')) usleep(5000); }");
            CompletableFuture<HttpResponse<String>> waiting;
            try (OutputStream writer = Files.newOutputStream(late)) {
                waiting = begin(site, "GET");
                until("it has read half of it", () -> Files.exists(root.resolve("read")));
                writer.write(language.library("Late", 123).getBytes(StandardCharsets.UTF_8));
            }
            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.body().trim()).isEqualTo("late 123");
            Files.createFile(root.resolve("go-on"));
        }
    }

    @Test
    void aFailureIsAnsweredAtOnceWhenNothingChanges() throws Exception {
        try (TestSite site = start(Language.PHP, "100")) {
            Files.writeString(root.resolve(language.page()), "<?php http_response_code(503); echo 'busy';");
            long before = seen(site).requests();

            HttpResponse<String> response = begin(site, "GET").get(30, TimeUnit.SECONDS);

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).isEqualTo("busy");
            assertThat(seen(site).requests()).isEqualTo(before + 1);
        }
    }
}
