/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.Language;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker goes when a file that it has loaded changes, and only such a worker. */
class LoadedFilesIT {

    private static final String EARLY_URL = "?op=early";
    private static final String LATE_URL = "?op=late";

    @TempDir
    private Path root;

    private void write(Language language, String name, int version) throws Exception {
        Path file = root.resolve(name.equals("Early") ? language.early() : language.late());
        Path fresh = root.resolve("fresh");
        Files.writeString(fresh, language.library(name, version));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private TestSite start(Language language) throws Exception {
        language.worker().install(root);
        String program = language.worker().program();
        write(language, "Early", 1);
        write(language, "Late", 1);
        TestSite.script(root.resolve(language.page()), language.script(program));
        return TestSite.start(root, language.worker().directives());
    }

    private static String[] get(TestSite site, Language language, String query) throws Exception {
        HttpResponse<String> response = site.get("/" + language.page() + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().split(" ");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PHP") // it keeps none
    void changedLibraryIsSeenByTheNextRequest(Language language) throws Exception {
        try (TestSite site = start(language)) {
            String pid = get(site, language, EARLY_URL)[0];
            assertThat(get(site, language, LATE_URL)).containsExactly(pid, "1", "1");
            // Late is loaded now, but only by this worker; nothing has changed.
            assertThat(get(site, language, EARLY_URL)).containsExactly(pid, "1", "-");

            for (int version = 2; version < 12; version++) {
                boolean late = version % 2 == 0;
                write(language, late ? "Late" : "Early", version);
                String[] answer = get(site, language, LATE_URL);
                assertThat(answer[0]).as("another process").isNotEqualTo(pid);
                assertThat(answer[late ? 2 : 1]).isEqualTo(Integer.toString(version));
                pid = answer[0];
            }
            PoolSnapshot.ClassSnapshot seen = site.snapshot().classes().get(0);
            assertThat(seen.started()).as("exactly one worker for each change").isEqualTo(11);
            assertThat(seen.lastDeaths())
                    .allSatisfy(d -> assertThat(d.reason()).contains("a file it has loaded changed: " + root));
            assertThat(site.get("/fcgid-status").body())
                    .contains(
                            "<code>" + root.resolve(language.page()) + "</code>",
                            "<code>" + root.resolve(language.early()) + "</code>",
                            "<code>" + root.resolve(language.late()) + "</code>",
                            "last change ",
                            "a file it has loaded changed: " + root);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PHP") // it keeps none
    void libraryThatAWorkerHasNotLoadedIsNothingToIt(Language language) throws Exception {
        try (TestSite site = start(language)) {
            String pid = get(site, language, EARLY_URL)[0];

            write(language, "Late", 2);

            assertThat(get(site, language, EARLY_URL)[0]).isEqualTo(pid);
            assertThat(get(site, language, LATE_URL)).containsExactly(pid, "1", "2");
        }
    }

    /** What opcache and the cache of paths keep, PHP looks at for each request: the process stays. */
    @Test
    void changedPhpFilesAreSeenByTheSameProcess() throws Exception {
        TestApplication.PHP.install(root);
        Path one = Files.createDirectories(root.resolve("releases/1"));
        Path two = Files.createDirectories(root.resolve("releases/2"));
        String page = "<?php require 'lib.inc'; echo getmypid(), ' ', v(), ' ',"
                + " opcache_is_script_cached(__DIR__ . '/lib.inc') ? 'kept' : 'read';";
        for (Path release : java.util.List.of(one, two)) {
            Files.writeString(release.resolve("page.php"), page);
            Files.writeString(
                    release.resolve("lib.inc"), "<?php function v() { return " + release.getFileName() + "; }");
        }
        Path current = Files.createSymbolicLink(root.resolve("current"), one);
        try (TestSite site = TestSite.start(
                root, TestApplication.PHP.directives() + "\nFcgidInitialEnv PHP_FCGI_MAX_REQUESTS 1000000")) {
            String pid = site.get("/current/page.php").body().split(" ", 2)[0];
            untilKept(site, pid + " 1 kept");

            Files.writeString(one.resolve("lib.inc"), "<?php function v() { return 3; }");
            assertThat(site.get("/current/page.php").body()).isEqualTo(pid + " 3 read");
            untilKept(site, pid + " 3 kept");

            Path fresh = Files.createSymbolicLink(root.resolve("fresh"), two);
            Files.move(fresh, current, StandardCopyOption.ATOMIC_MOVE);
            assertThat(site.get("/current/page.php").body()).startsWith(pid + " 2 ");
        }
    }

    private static void untilKept(TestSite site, String answer) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        String seen = site.get("/current/page.php").body();
        while (!seen.equals(answer)) { // none of the last two seconds is kept
            assertThat(System.nanoTime() - deadline)
                    .as("%s in time, not %s", answer, seen)
                    .isNegative();
            seen = site.get("/current/page.php").body();
        }
    }

    @Test
    void nativeProgramIsWatchedWithItsLibraries() throws Exception {
        Path program = TestApplication.C.install(root);
        Path library = root.resolve("libfcgi.so.0");
        Path real = Path.of(run("sh", "-c", "ldd " + program + " | sed -n 's|.*libfcgi.so.0 => \\([^ ]*\\).*|\\1|p'"))
                .toRealPath();
        Files.copy(real, library);
        try (TestSite site =
                TestSite.start(root, "FcgidInitialEnv LD_LIBRARY_PATH " + root + "\nFcgidMaxProcessesPerClass 1")) {
            // So young that it can't be told whether it changed after the start; then it stays.
            site.get("/app-c.fcgi");
            String pid = site.get("/app-c.fcgi").body().split(" ", 2)[0];
            assertThat(site.get("/app-c.fcgi").body()).startsWith(pid + " ");
            await(site, s -> s.classes().get(0).watchedFiles() > 3);

            Path fresh = Files.copy(real, root.resolve("fresh"));
            Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);

            assertThat(site.get("/app-c.fcgi").body()).doesNotStartWith(pid + " ");
            assertThat(site.snapshot().classes().get(0).lastDeaths().get(0).reason())
                    .isEqualTo("a file it has loaded changed: " + library);
        }
    }

    @Test
    void libraryThatAProgramLoadsLateIsLookedForAtTheLatestASecondLater() throws Exception {
        TestApplication.C.install(root);
        Files.writeString(root.resolve("late.c"), """
                #include <fcgi_stdio.h>
                #include <dlfcn.h>
                #include <stdlib.h>
                #include <string.h>
                #include <unistd.h>
                int main(void) {
                    int (*v)(void) = 0;
                    while (FCGI_Accept() >= 0) {
                        if (!v && !strcmp(getenv("QUERY_STRING"), "load"))
                            v = (int (*)(void)) dlsym(dlopen("./plugin.so", RTLD_NOW), "v");
                        printf("Content-Type: text/plain\\r\\n\\r\\n%d %d", (int) getpid(), v ? v() : 0);
                    }
                    return 0;
                }
                """);
        run("gcc", "-o", root + "/late.fcgi", root + "/late.c", "-lfcgi", "-ldl");
        plugin(1);
        String plugin = root.resolve("plugin.so").toString();
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            for (int i = 0; i < 9; i++) {
                site.get("/late.fcgi");
            }
            String pid = site.get("/late.fcgi?load").body().split(" ", 2)[0];
            assertThat(site.snapshot().classes().get(0).watched()).doesNotContain(plugin);
            long loaded = System.nanoTime();
            while (System.nanoTime() - loaded < TimeUnit.MILLISECONDS.toNanos(1100)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // the rule is about time itself
            }
            assertThat(site.get("/late.fcgi?load").body()).isEqualTo(pid + " 1");
            await(site, s -> s.classes().get(0).watched().contains(plugin));

            plugin(2);

            assertThat(site.get("/late.fcgi?load").body()).endsWith(" 2").doesNotStartWith(pid);
        }
    }

    private void plugin(int version) throws Exception {
        Path source = Files.writeString(root.resolve("plugin.c"), "int v(void) { return " + version + "; }");
        run("gcc", "-shared", "-fPIC", "-o", root + "/fresh", source.toString());
        Files.move(root.resolve("fresh"), root.resolve("plugin.so"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out.strip();
    }

    @Test
    void anyProgramMayNameFilesInAHeaderOrInTheReport() throws Exception {
        Path script = TestApplication.PERL_CORE.install(root);
        Path data = Files.writeString(root.resolve("data"), "1");
        Path other = Files.writeString(root.resolve("other"), "1");
        Files.setLastModifiedTime(data, FileTime.fromMillis(0));
        TestSite.script(
                script,
                Files.readString(script)
                        .replace(
                                "    my $head = \"Content-Type: text/plain\\r\\n\";",
                                "    my $head = \"Content-Type: text/plain\\r\\nX-Fcgid-Watch: data\\r\\n\";"
                                        + "if ($served == 1) { open my $w, '>>', $ENV0; print $w \"other\\n\" }")
                        .replace("my $served = 0;", "my $served = 0; my $ENV0 = $ENV{FCGID_WATCH_FILE};"));
        try (TestSite site = TestSite.start(root, "")) {
            HttpResponse<String> response = site.get("/core-pl.fcgi");
            assertThat(response.headers().firstValue("x-fcgid-watch")).isEmpty();
            // Both files are so young that it can't be told whether they changed after the start.
            String pid = get(site);
            assertThat(get(site)).isEqualTo(pid);

            Files.writeString(data, "2");
            String second = get(site);
            assertThat(second).isNotEqualTo(pid);

            Files.writeString(other, "2");
            assertThat(get(site)).isNotEqualTo(second);
        }
    }

    private static String get(TestSite site) throws Exception {
        return site.get("/core-pl.fcgi").body().split(" ", 2)[0];
    }

    private static void await(TestSite site, java.util.function.Predicate<PoolSnapshot> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.test(site.snapshot())) {
            assertThat(System.nanoTime() - deadline).as("in time").isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Whose answer tells the process and what its library says, loaded from below a link. */
    private void installBelow(String folder) throws Exception {
        TestSite.script(
                root.resolve("app.fcgi"),
                Files.readString(TestApplication.PERL_CORE.install(root))
                        .replace("my $served = 0;", "my $served = 0; use lib '" + folder + "'; use M;")
                        .replace("\"$$ $served\"", "\"$$ \" . M::v()"));
    }

    private void library(String release, String version) throws Exception {
        Path fresh = Files.writeString(root.resolve("fresh"), "package M; sub v { '" + version + "' } 1;");
        Files.createDirectories(root.resolve(release));
        Files.move(fresh, root.resolve(release).resolve("M.pm"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void link(String link, String target) throws Exception {
        Path fresh = Files.createSymbolicLink(root.resolve("link"), Path.of(target));
        Files.move(fresh, root.resolve(link), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String[] app(TestSite site) throws Exception {
        HttpResponse<String> response = site.get("/app.fcgi");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().split(" ", 2);
    }

    /** The file stays the same while the way to it changes; then the new way leads elsewhere. */
    @Test
    void newWayToTheSameFileIsWatchedFromThenOn() throws Exception {
        library("r1", "one");
        library("r2", "two");
        link("stable", "r1");
        link("current", "r1");
        installBelow("current");
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            String pid = app(site)[0];

            link("current", "stable");
            assertThat(app(site)).as("the same file").containsExactly(pid, "one");
            link("stable", "r2");

            assertThat(app(site)[1]).isEqualTo("two");
        }
    }

    @Test
    void fileThatReleasesShareIsWatchedWhereItIsNow() throws Exception {
        library("r1", "one");
        Files.createLink(Files.createDirectories(root.resolve("r2")).resolve("M.pm"), root.resolve("r1/M.pm"));
        link("current", "r1");
        installBelow("current");
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            assertThat(app(site)[1]).isEqualTo("one");

            link("current", "r2");
            assertThat(app(site)[1]).isEqualTo("one");
            library("r2", "two");

            assertThat(app(site)[1]).isEqualTo("two");
        }
    }

    @Test
    void nothingIsLookedForWhenThatIsOffButProgramsMayStillNameFiles() throws Exception {
        Path script = TestApplication.PERL_CORE.install(root);
        Path perl = Files.copy(Path.of(TestApplication.PERL_CORE.program()).toRealPath(), root.resolve("perl"));
        Path other = Files.writeString(root.resolve("other"), "1");
        TestSite.script(
                script,
                Files.readString(script)
                        .replaceFirst("#!.*", "#!" + perl)
                        .replace(
                                "my $served = 0;",
                                "my $served = 0; { open my $w, '>>', $ENV{FCGID_WATCH_FILE}; print $w \"other\\n\" }"));
        try (TestSite site = TestSite.start(root, "FcgidWatchLoadedFiles Off\nFcgidMaxProcessesPerClass 1")) {
            get(site);
            String pid = get(site); // the other file is so young that it may have changed after the start
            assertThat(get(site)).isEqualTo(pid);

            Files.move(Files.copy(perl, root.resolve("fresh")), perl, StandardCopyOption.ATOMIC_MOVE);
            assertThat(get(site)).as("a native file").isEqualTo(pid);

            Files.writeString(other, "2");
            assertThat(get(site)).as("a file that it names").isNotEqualTo(pid);
        }
    }

    @Test
    void fileThatIsNamedBesideALocalRedirectCounts() throws Exception {
        Path script = TestApplication.PERL_CORE.install(root);
        Path data = Files.writeString(root.resolve("data"), "1");
        Files.writeString(root.resolve("there.txt"), "there");
        TestSite.script(
                script,
                Files.readString(script)
                        .replace(
                                "Location: /core-pl.fcgi/there?op=path\\r\\n",
                                "Location: /there.txt\\r\\nX-Fcgid-Watch: data\\r\\n"));
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            assertThat(site.get("/core-pl.fcgi?op=redirect").body()).isEqualTo("there");
            // So young that it may have changed after the first process was started.
            assertThat(site.get("/core-pl.fcgi?op=redirect").body()).isEqualTo("there");
            String pid = get(site);
            assertThat(get(site)).isEqualTo(pid);

            Files.writeString(data, "2");

            assertThat(get(site)).isNotEqualTo(pid);
        }
    }

    @Test
    void userIniOfPhpCountsAtOnce() throws Exception {
        TestApplication.PHP.install(root);
        Files.writeString(root.resolve("page.php"), "<?php echo getmypid(), ' ', ini_get('error_append_string');");
        Path ini = Files.writeString(root.resolve(".user.ini"), "error_append_string=one\n");
        try (TestSite site = TestSite.start(root, TestApplication.PHP.directives() + "\nFcgidMaxProcessesPerClass 1")) {
            String[] before = site.get("/page.php").body().split(" ", 2);
            assertThat(before[1]).isEqualTo("one");

            Files.writeString(ini, "error_append_string=two\n");

            assertThat(site.get("/page.php").body()).isEqualTo(before[0] + " two");
        }
    }
}
