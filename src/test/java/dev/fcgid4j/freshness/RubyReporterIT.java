/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.process.PosixLauncher;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessListener;
import dev.fcgid4j.process.ProcessSettings;
import dev.fcgid4j.testkit.ReportedRun;
import dev.fcgid4j.testkit.TestApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ruby with its reporter in its environment: what it reports, and that it is not disturbed. */
class RubyReporterIT extends LoadReporterFixture {

    private final String ruby = TestApplication.RUBY.program();

    @Test
    void eachFileIsReportedOnceWhenItIsLoaded() throws Exception {
        Path script = file("app.rb", """
                require_relative 'early'
                $LOAD_PATH.unshift File.join(__dir__, 'more')
                require 'late'
                load 'late.rb', true
                autoload :Auto, 'auto'
                Auto
                begin
                  require 'broken'
                rescue SyntaxError
                end
                Process.wait(fork { require 'forked' })
                system 'ruby', 'child.rb'
                """);
        List<Path> expected = List.of(
                script,
                file("early.rb", "require 'json'"),
                file("more/late.rb", ""),
                file("more/auto.rb", "Auto = 1"),
                file("more/broken.rb", "def ("),
                file("more/forked.rb", ""));
        file("child.rb", "");

        ReportedRun run = reporting(Map.of(), ruby, "app.rb");

        assertThat(run).isEqualTo(new ReportedRun("", "", 0));
        assertThat(reported()).containsExactlyElementsOf(expected);
        assertFacts(script, 0);
        assertFacts(expected.get(1), 0);
        assertThat(ReportedRun.report(report)).anyMatch(line -> line.path().endsWith("json/ext/parser.so"));
    }

    @Test
    void scriptIsNotDisturbed() throws Exception {
        file("bad.rb", "def (");
        file("raising.rb", "p caller, __FILE__\nraise 'raised'\n");
        file("app.rb", """
                $LOAD_PATH.unshift __dir__
                p $LOAD_PATH.size, Object.constants.size, Kernel.private_instance_methods.size, $!, $_
                def trying
                  yield
                rescue Exception => e
                  puts e.full_message(highlight: false), e.backtrace
                end
                trying { require 'nowhere' }
                trying { load 'nowhere.rb' }
                trying { require 'bad' }
                trying { require_relative 'raising' }
                trying { load 'raising.rb' }
                trying { eval "1 +", binding, 'evaluated', 5 }
                raise 'at the end'
                """);

        assertUndisturbed(Map.of("RUBYOPT", "-w -rset"), ruby, "app.rb");
    }

    @Test
    void compiledCodeOfOthersIsStillUsed() throws Exception {
        file("app.rb", """
                module Cache
                  def load_iseq(path)
                    compile("puts 'compiled by another'") if path.end_with?('cached.rb')
                  end
                end
                class << RubyVM::InstructionSequence
                  prepend Cache
                end
                require_relative 'cached'
                require_relative 'source'
                """);
        Path cached = file("cached.rb", "puts 'source'");
        Path source = file("source.rb", "puts 'source'");

        assertUndisturbed(Map.of(), ruby, "app.rb");
        assertThat(reported()).containsExactly(site.resolve("app.rb"), cached, source);
    }

    @Test
    void directoryMayHaveSpaces() throws Exception {
        reporters = ReporterScripts.unpack(Files.createDirectory(temp.resolve("a b")));
        file("lib/own.rb", "");
        Path script = file("app.rb", "require 'own'; puts $LOAD_PATH");

        Map<String, String> own = Map.of("RUBYLIB", site.resolve("lib").toString());
        assertUndisturbed(own, ruby, "app.rb");
        assertThat(reported()).containsExactly(script, site.resolve("lib/own.rb"));
    }

    /** A wrapper may change to a user that can't enter the run directory's private parts. */
    @ParameterizedTest
    @ValueSource(strings = {"rwxr-xr-x", "rwx------"})
    void anotherUserStartsAsIfNothingWereThere(String permissionsAbove) throws Exception {
        String setpriv = "/usr/bin/setpriv";
        assumeTrue(Files.isExecutable(Path.of(setpriv)) && LibC.effectiveUser() == 0, "needs root and setpriv");
        Path parent = Files.createTempDirectory("fcgid4j-test-"); // JUnit's own can't be entered by others
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString(permissionsAbove));
        try (PosixLauncher launcher =
                PosixLauncher.open(new ProcessSettings(parent, 1000, 50, true), ReporterScripts::unpack)) {
            List<String> lines = new CopyOnWriteArrayList<>();
            CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
            List<String> command = List.of(
                    setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", ruby, "-e", "STDERR.puts 'runs'");
            launcher.launch(new ProcessCommand(command, Map.of(), Path.of("/")), new ProcessListener() {
                @Override
                public void line(Stream stream, String line) {
                    lines.add(line);
                }

                @Override
                public void exited(ExitStatus status) {
                    exit.complete(status);
                }
            });

            assertThat(exit.get(30, TimeUnit.SECONDS).success()).as("%s", lines).isTrue();
            assertThat(lines).containsExactly("runs");
            try (var own = Files.list(launcher.runDirectory())) {
                assertThat(own.filter(Files::isDirectory)).allSatisfy(each -> assertThat(
                                PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                        .isEqualTo(each.endsWith("reporters") ? "rwxr-xr-x" : "rwx------"));
            }
        } finally {
            Files.delete(parent);
        }
    }
}
