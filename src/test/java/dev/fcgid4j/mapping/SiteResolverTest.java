/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteResolverTest {

    @TempDir
    private Path temp;

    private Path root;
    private InotifyWatcher watcher;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void makeSite() throws Exception {
        Path base = temp.toRealPath();
        root = Files.createDirectories(base.resolve("site"));
        Files.writeString(base.resolve("secret.txt"), "secret");
        for (String name : List.of(
                "a.fcgi",
                "page.php",
                "index.html",
                "e.rb",
                "e.rb.bak",
                "x.php.jpg",
                "page.php~",
                ".env",
                "dir/index.html",
                "dir/b.fcgi",
                "private/x.txt")) {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), name);
        }
        Files.createDirectories(root.resolve("folder.fcgi"));
        Files.createSymbolicLink(root.resolve("out.txt"), base.resolve("secret.txt"));
        watcher = InotifyWatcher.open(WatchSettings.defaults());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        watcher.close();
    }

    private SiteResolver resolver(String directives) {
        SiteResolver resolver = new SiteResolver(
                new MappingSettings(
                        root,
                        ApacheConfigParser.parse(directives, "test.conf"),
                        Duration.ofSeconds(1),
                        ClassLimits.defaults()),
                watcher);
        open.add(resolver);
        return resolver;
    }

    /** script:name:info, file:name, moved:location or the status. */
    private String answer(SiteResolver resolver, String target) {
        Resolution found = resolver.resolve(target);
        if (found instanceof Resolution.Script script) {
            return "script:" + script.path().scriptName() + ":" + script.path().pathInfo();
        }
        if (found instanceof Resolution.StaticFile file) {
            return "file:" + root.relativize(file.file());
        }
        if (found instanceof Resolution.Moved moved) {
            return "moved:" + moved.location();
        }
        return Integer.toString(((Resolution.Refused) found).status());
    }

    @ParameterizedTest
    @CsvSource({
        "/, file:index.html",
        "/a.fcgi, script:/a.fcgi:",
        "/a.fcgi/x/y?q=1, script:/a.fcgi:/x/y",
        "/a.fcgi/, script:/a.fcgi:/",
        "//a.fcgi, script:/a.fcgi:",
        "/./dir/../a.fcgi, script:/a.fcgi:",
        "/%61.fcgi, script:/a.fcgi:",
        "/dir?x=1, moved:/dir/?x=1",
        "/dir/, file:dir/index.html",
        "/dir/b.fcgi, script:/dir/b.fcgi:",
        "/x.php.jpg, file:x.php.jpg",
        "http://host/index.html, file:index.html",
        "/nothing, 404",
        "/index.html/x, 404",
        "/index.html/, 404",
        "/a.fcgi/.NET, script:/a.fcgi:/.NET",
        "/folder.fcgi/, 403",
        "/page.php, 403",
        "/page.php/, 403",
        "/page.php~, 403",
        "/e.rb, 403",
        "/e.rb.bak, 403",
        "/.env, 404",
        "/.htaccess, 404",
        "/dir/.htaccess, 404",
        "/%2ehtaccess, 404",
        "/out.txt, 403",
        "/../secret.txt, 400",
        "/%2e%2e/secret.txt, 400",
        "/dir/..%2f..%2fsecret.txt, 400",
        "/%252e%252e/secret.txt, 404",
        "/a.fcgi%00.html, 400",
        "/..%5csecret.txt, 400",
        "*, 400",
        "/%zz, 400"
    })
    void targetLeadsToItsAnswer(String target, String expected) {
        assertThat(answer(resolver(""), target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <Files *.rb>%n  SetHandler fcgid-script%n</Files>            | /e.rb        | script:/e.rb:
                    <Files *.rb>%n  SetHandler fcgid-script                      | /e.rb        | script:/e.rb:
                    AddHandler fcgid-script .rb                                  | /e.rb.bak    | 403
                    RemoveHandler .fcgi                                          | /a.fcgi      | 403
                    Require all denied                                           | /a.fcgi      | 403
                    <FilesMatch "\\.html$">%nRequire all denied%n</FilesMatch>   | /index.html  | 403
                    Order deny,allow%nDeny from all                              | /index.html  | 403
                    Order allow,deny%nAllow from all                             | /index.html  | file:index.html
                    Deny from 10.0.0.1                                           | /index.html  | 403
                    Require valid-user                                           | /index.html  | 403
                    <IfModule mod_authz_core.c>%nRequire all denied%n</IfModule> | /index.html  | 403
                    <IfModule !mod_authz_core.c>%nDeny from all%n</IfModule>     | /index.html  | file:index.html
                    <IfModule mod_rewrite.c>%nRewriteEngine On%n</IfModule>      | /index.html  | file:index.html
                    <Limit GET>%nDeny from all%n</Limit>                         | /index.html  | 403
                    FallbackResource /a.fcgi                                     | /no/such     | script:/a.fcgi:
                    DirectoryIndex a.fcgi                                        | /            | script:/a.fcgi:
                    php_value x 1                                                | /index.html  | file:index.html
                    Options -ExecCGI                                             | /a.fcgi      | 403
                    Options None                                                 | /a.fcgi      | 403
                    Options -Indexes +ExecCGI                                    | /a.fcgi      | script:/a.fcgi:
                    php_flag engine off                                          | /a.fcgi      | 403
                    </Files>                                                     | /index.html  | 403
                    """)
    void htaccessChangesTheAnswer(String lines, String target, String expected) throws Exception {
        Files.writeString(root.resolve(".htaccess"), String.format(lines.replace("\\\\", "\\")));

        assertThat(answer(resolver(""), target)).isEqualTo(expected);
    }

    @Test
    void wrappersInHtaccessCountOnlyWithPermission() throws Exception {
        Files.writeString(
                root.resolve(".htaccess"), "AddHandler fcgid-script .php\nFcgidWrapper \"/bin/sh -c x\" .php\n");

        Resolution.Script without = (Resolution.Script) resolver("").resolve("/page.php");
        Resolution.Script with =
                (Resolution.Script) resolver("AllowOverride FileInfo").resolve("/page.php");

        assertThat(without.processClass().command().argv())
                .containsExactly(root.resolve("page.php").toString());
        assertThat(with.processClass().command().argv()).containsExactly("/bin/sh", "-c", "x");
        assertThat(with.processClass().policy().files()).containsExactly(Path.of("/bin/sh"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Nonsense 1", "<Files x>", "FcgidWrapper /no/such/program .php", "AllowOverride Sometimes"})
    void mistakeInTheServersFileNamesItsPlace(String directives) {
        assertThatThrownBy(() -> resolver("# first line\n" + directives))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:2: ");
    }

    @Test
    void answerIsCachedUntilSomethingOnItsWayChanges() throws Exception {
        SiteResolver resolver = resolver("");
        assertThat(resolver.cached("/dir/b.fcgi")).isEmpty();
        Resolution first = resolver.resolve("/dir/b.fcgi");
        watcher.drain();
        assertThat(resolver.cached("/dir/b.fcgi?q")).containsSame(first);

        Files.writeString(root.resolve("dir/unrelated.txt"), "x");
        watcher.drain();
        assertThat(resolver.cached("/dir/b.fcgi")).containsSame(first);

        Files.writeString(root.resolve(".htaccess"), "Require all denied");
        watcher.drain();
        assertThat(resolver.cached("/dir/b.fcgi")).isEmpty();
        assertThat(answer(resolver, "/dir/b.fcgi")).isEqualTo("403");

        Files.delete(root.resolve(".htaccess"));
        watcher.drain();
        assertThat(answer(resolver, "/dir/b.fcgi")).isEqualTo("script:/dir/b.fcgi:");

        Files.delete(root.resolve("dir/b.fcgi"));
        watcher.drain();
        assertThat(resolver.cached("/dir/b.fcgi")).isEmpty();
    }

    @Test
    void pathsThatLeadToTheSameApplicationShareOneObject() throws Exception {
        SiteResolver resolver = resolver("AllowOverride All");
        ProcessClass first = ((Resolution.Script) resolver.resolve("/a.fcgi")).processClass();

        assertThat(((Resolution.Script) resolver.resolve("/a.fcgi/path/info")).processClass())
                .isSameAs(first);
        Files.writeString(root.resolve(".htaccess"), "SetEnv A b\n");
        watcher.drain();
        assertThat(((Resolution.Script) resolver.resolve("/a.fcgi")).processClass())
                .isSameAs(first);
        assertThat(((Resolution.Script) resolver.resolve("/dir/b.fcgi")).processClass())
                .isNotEqualTo(first);
    }

    @Test
    void onlyAnApplicationThatChangedIsReportedSuperseded() throws Exception {
        SiteResolver resolver = resolver("AllowOverride All");
        List<ProcessClass> gone = new ArrayList<>();
        resolver.onSuperseded(gone::add);
        Resolution.Script before = (Resolution.Script) resolver.resolve("/a.fcgi");

        Files.writeString(root.resolve(".htaccess"), "DirectoryIndex a.fcgi");
        watcher.drain();
        assertThat(resolver.resolve("/a.fcgi")).isEqualTo(before);
        assertThat(gone).isEmpty();

        Files.writeString(root.resolve(".htaccess"), "FcgidInitialEnv MODE two");
        watcher.drain();
        assertThat(resolver.resolve("/a.fcgi")).isNotEqualTo(before);
        assertThat(gone).containsExactly(before.processClass());
    }

    @Test
    void directoryThatWasReplacedIsWatchedAgain() throws Exception {
        SiteResolver resolver = resolver("");
        assertThat(answer(resolver, "/dir/b.fcgi")).isEqualTo("script:/dir/b.fcgi:");
        Files.move(root.resolve("dir"), root.resolve("old"));
        Files.createDirectories(root.resolve("dir"));
        Files.writeString(root.resolve("dir/b.fcgi"), "new");
        watcher.drain();
        assertThat(answer(resolver, "/dir/b.fcgi")).isEqualTo("script:/dir/b.fcgi:");

        Files.writeString(root.resolve("dir/.htaccess"), "Require all denied");
        watcher.drain();

        assertThat(resolver.cached("/dir/b.fcgi")).isEmpty();
        assertThat(answer(resolver, "/dir/b.fcgi")).isEqualTo("403");
    }

    @Test
    void switchedLinkOfTheRootDuringLookupsNeverHangs() throws Exception {
        Path one = root;
        Path two = Files.createDirectories(root.resolveSibling("two"));
        Files.writeString(two.resolve("a.fcgi"), "two");
        Path current = Files.createSymbolicLink(root.resolveSibling("current"), one);
        SiteResolver resolver = new SiteResolver(
                new MappingSettings(
                        current,
                        ApacheConfigParser.parse("", "test.conf"),
                        Duration.ofSeconds(1),
                        ClassLimits.defaults()),
                watcher);
        open.add(resolver);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            running.add(threads.submit(() -> {
                for (int i = 0; i < 400; i++) {
                    watcher.drain();
                    resolver.resolve("/a.fcgi?" + i);
                    resolver.resolve("/dir/b.fcgi");
                }
            }));
        }
        for (int i = 0; i < 200; i++) {
            Path fresh = Files.createSymbolicLink(root.resolveSibling("fresh"), i % 2 == 0 ? two : one);
            Files.move(fresh, current, StandardCopyOption.ATOMIC_MOVE);
        }
        for (Future<?> each : running) {
            each.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        watcher.drain();

        assertThat(answer(resolver, "/dir/b.fcgi")).isEqualTo("script:/dir/b.fcgi:");
    }

    @Test
    void answersToLongPathsAreNotRemembered() {
        SiteResolver resolver = resolver("");
        String longPath = "/a.fcgi/" + "z".repeat(2000);

        assertThat(answer(resolver, longPath)).startsWith("script:/a.fcgi:/zz");

        assertThat(resolver.cached(longPath)).isEmpty();
        assertThat(resolver.toString()).contains("answers=0, ").contains("entries=0");
    }

    @Test
    void differentPathsDoNotFillTheMemory() {
        SiteResolver resolver = resolver("");
        String filler = "z".repeat(400);
        for (int i = 0; i < 12_000; i++) {
            resolver.resolve("/a.fcgi/" + i + filler);
        }

        assertThat(resolver.rememberedBytes()).isLessThanOrEqualTo(8L * 1024 * 1024);
        assertThat(resolver.cached("/a.fcgi/11999" + filler)).isPresent();
    }

    @Test
    void requestsForMissingFilesUseNoMemory() {
        SiteResolver resolver = resolver("");
        assertThat(answer(resolver, "/a.fcgi")).isEqualTo("script:/a.fcgi:");
        String state = resolver.toString();
        for (int i = 0; i < 1000; i++) {
            resolver.resolve("/missing-" + i);
            resolver.resolve("/out.txt");
            resolver.resolve("/page.php");
            resolver.resolve("/dir?" + i);
        }

        assertThat(resolver).hasToString(state);
        assertThat(state).containsPattern("answers=1, .*entries=[1-9]");
    }
}
