/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ReportedRun;
import dev.fcgid4j.testkit.TestApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Perl with its reporter in its environment: what it reports, and that it is not disturbed. */
class PerlReporterIT extends LoadReporterFixture {

    private final String perl = TestApplication.PERL_CORE.program();

    @Test
    void eachFileIsReportedOnceWhenItIsLoaded() throws Exception {
        Path script = file("app.pl", """
                use strict;
                use lib 'lib';
                use Early;
                BEGIN { unshift @INC, 'more' }
                use Second;
                eval { require Nowhere };
                require Late;
                delete $INC{'Late.pm'};
                require Late;
                require './local.pl';
                do './config.pl';
                do "$ENV{PWD}/absolute.pl";
                push @INC, 'other';
                do 'searched.pl';
                eval { require Broken };
                do './broken.pl';
                if (!fork) { require Forked; exit }
                wait;
                system $^X, 'child.pl';
                """);
        List<Path> expected = List.of(
                script,
                file("lib/Early.pm", "package Early; 1;"),
                file("more/Second.pm", "package Second; 1;"),
                file("lib/Late.pm", "package Late; 1;"),
                file("local.pl", "1;"),
                file("config.pl", "1;"),
                file("absolute.pl", "1;"),
                file("other/searched.pl", "1;"),
                file("lib/Broken.pm", "sub {"),
                file("broken.pl", "sub {"),
                file("other/Forked.pm", "1;"));
        file("child.pl", "1;");

        ReportedRun run = reporting(Map.of("PWD", site.toString()), perl, "app.pl");

        assertThat(run).isEqualTo(new ReportedRun("", "", 0));
        assertThat(reported()).containsExactlyElementsOf(expected);
        assertFacts(script, 1000);
        assertFacts(expected.get(1), 1000);
    }

    @Test
    void fileIsReportedBeforeItIsRead() throws Exception {
        // The module that is loaded first changes the second one; the report of the second is of its new state.
        file("lib/First.pm", "open my $f, '>', 'lib/Second.pm'; print $f 'print qq(new\\n); 1;'; close $f; 1;");
        Path second = file("lib/Second.pm", "die;");
        file("app.pl", """
                use lib 'lib';
                require First;
                require Second;
                unlink 'lib/Second.pm';
                """);

        assertThat(reporting(Map.of(), perl, "app.pl").stdout()).isEqualTo("new\n");
        assertThat(reported()).contains(second);
    }

    @Test
    void scriptIsNotDisturbed() throws Exception {
        file("lib/Mod.pm", "package Mod; print join('|', map { $_ || '' } caller(0)), qq(\\n); die 'in Mod';");
        file("bad.pl", "my $x = ;");
        file("dir/who.pl", "print __PACKAGE__, ' ', join('|', (caller(0))[0 .. 3]), ' ', wantarray, qq(\\n); 7;");
        file("app.pl", """
                use strict; use warnings; use lib 'lib';
                sub frames { my ($i, @f) = 0; while (my @c = caller $i++) { push @f, "$c[3]:$c[2]" } "@f\\n" }
                sub inner { print frames(), eval { frames() }, eval 'frames()' } inner();
                $_ = 'kept'; $! = 5; $@ = 'kept too';
                eval { require Mod }; print $@;
                eval { require Mod }; print $@;
                eval { require Nowhere::At::All }; print $@;
                eval "require '/no/such/file.pl'"; print $@ =~ s/\\(eval \\d+\\)//r;
                eval { require './bad.pl' }; print $@;
                package Other;
                my @got = do './dir/who.pl'; print "@got\\n";
                print do('dir/who.pl') // 'undef', " [$!]\\n";
                do './bad.pl'; print $@;
                print do { 1 }, " $_\\n"; { local $! = 2; require List::Util; print 0 + $!, "\\n"; }
                eval { require 5.006; 1 } or print $@; eval { require 9 }; print $@;
                warn 'at the end'; undefined_function();
                """);

        assertUndisturbed(Map.of("PERL5OPT", "-w"), perl, "app.pl");
        assertUndisturbed(Map.of(), perl, "-Mv5.20", "-MList::Util=sum", "app.pl");
    }

    @Test
    void otherHooksAndOverridesStillWork() throws Exception {
        file("lib/Own.pm", "package Own; *CORE::GLOBAL::do = sub { print qq(own do\\n); CORE::do($_[0]) }; 1;");
        Path config = file("config.pl", "print qq(config\\n);");
        file("app.pl", """
                BEGIN { push @INC, sub { my $text = 'print qq(generated\\n); 1;'; $_[1] eq 'Made.pm' ? \\$text : () } }
                require Made;
                eval { require Nowhere };
                require Made2 if 0;
                do './config.pl';
                """);

        ReportedRun run = reporting(Map.of("PERL5OPT", "-Ilib -MOwn"), perl, "app.pl");

        assertThat(run).isEqualTo(new ReportedRun("generated\nown do\nconfig\n", "", 0));
        assertThat(reported()).contains(site.resolve("lib/Own.pm"));
        assertThat(reported().contains(config)).isFalse(); // an override that replaces ours: documented
    }

    @Test
    void programThatItBecomesIsReportedToo() throws Exception {
        file("app.pl", "exec $^X, 'real.pl';");
        Path real = file("real.pl", "1;");

        reporting(Map.of(), perl, "app.pl");

        assertThat(reported()).contains(real);
    }

    @Test
    void directoryMayHaveAnyName() throws Exception {
        Path odd = Files.createDirectory(temp.resolve("a b'$x\"@é"));
        reporters = ReporterScripts.unpack(odd);
        Path script = file("app.pl", "1;");

        assertThat(reporting(Map.of(), perl, "app.pl")).isEqualTo(new ReportedRun("", "", 0));
        assertThat(reported()).containsExactly(script);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-T", "-T -Ilib", "-t", "-w -t"})
    void taintedSitesAreLeftAlone(String options) throws Exception {
        file("app.pl", "print \"taint ${^TAINT}\\n\";");
        ReportedRun plain = plain(Map.of("PERL5OPT", options), perl, "app.pl");

        assertThat(reporting(Map.of("PERL5OPT", options), perl, "app.pl")).isEqualTo(plain);
        assertThat(plain.exit()).isZero();
        assertThat(reported()).isEmpty();
    }

    @Test
    void otherOptionsThatHaveATInThemAreNoTaint() throws Exception {
        Path script = file("app.pl", "1;");

        reporting(Map.of("PERL5OPT", "-Mstrict -Itests"), perl, "app.pl");

        assertThat(reported()).contains(script);
    }
}
