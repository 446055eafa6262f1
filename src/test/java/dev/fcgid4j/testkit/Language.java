/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** An application that answers {@code pid version-of-the-library-loaded-at-start version-of-the-one-loaded-late}. */
public enum Language {
    PERL(TestApplication.PERL_FCGI, "Early.pm", "Late.pm", "package NAME; sub v { VERSION } 1;\n", "app.fcgi") {
        @Override
        public String script(String program) {
            return "#!" + program
                    + "\nuse strict; use warnings; use FCGI; use lib '.'; use Early;\n"
                    + "my $r = FCGI::Request();\nwhile ($r->Accept() >= 0) {\n"
                    + "  my $late = ($ENV{QUERY_STRING} // '') eq 'op=late' ? do { require Late; Late::v() } : '-';\n"
                    + "  print \"Content-Type: text/plain\\r\\n\\r\\n$$ \", Early::v(), \" $late\";\n}\n";
        }
    },
    PYTHON(TestApplication.PYTHON, "early.py", "late.py", "def v(): return VERSION\n", "app.fcgi") {
        @Override
        public String script(String program) throws Exception {
            String core = Files.readString(Path.of("src/test/workers/core.py"));
            return "#!" + program
                    + "\nimport sys; sys.path.insert(0, '.')\nimport early\n"
                    + "def lately():\n    import late\n    return late.v()\n"
                    + core.substring(core.indexOf('\n'))
                            .replace(
                                    "        \"path\": ",
                                    "        \"early\": lambda: f\"{os.getpid()} {early.v()} -\",\n"
                                            + "        \"late\": lambda: f\"{os.getpid()} {early.v()} {lately()}\",\n"
                                            + "        \"path\": ");
        }
    },
    RUBY(TestApplication.RUBY, "early.rb", "late.rb", "def NAME; VERSION; end\n", "app.fcgi") {
        @Override
        public String script(String program) {
            return "#!" + program + "\nrequire 'fcgi'\nrequire_relative 'early'\n"
                    + "FCGI.each do |r|\n"
                    + "  late = '-'\n"
                    + "  if r.env['QUERY_STRING'] == 'op=late'\n    require_relative 'late'\n    late = Late()\n  end\n"
                    + "  r.out.print \"Content-Type: text/plain\\r\\n\\r\\n#{$$} #{Early()} #{late}\"\n  r.finish\nend\n";
        }
    },
    /** Reads each file for each request. */
    PHP(TestApplication.PHP, "early.inc", "late.inc", "<?php return VERSION;\n", "app.php") {
        @Override
        public String script(String program) {
            return "<?php\nheader('Content-Type: text/plain');\n$early = require './early.inc';\n"
                    + "$late = ($_SERVER['QUERY_STRING'] ?? '') === 'op=late' ? require './late.inc' : '-';\n"
                    + "echo getmypid(), \" $early $late\";\n";
        }
    };

    private final TestApplication worker;
    private final String early;
    private final String late;
    private final String library;
    private final String page;

    Language(TestApplication worker, String early, String late, String library, String page) {
        this.worker = worker;
        this.early = early;
        this.late = late;
        this.library = library;
        this.page = page;
    }

    /** The application's source for an interpreter. */
    public abstract String script(String program) throws Exception;

    /** The kind of worker. */
    public TestApplication worker() {
        return worker;
    }

    /** The name of the library that is loaded at the start. */
    public String early() {
        return early;
    }

    /** The name of the library that is loaded on request. */
    public String late() {
        return late;
    }

    /** The application's name. */
    public String page() {
        return page;
    }

    /** A version of a library, {@code Early} or {@code Late}. */
    public String library(String name, int version) {
        return library.replace("NAME", name).replace("VERSION", Integer.toString(version));
    }
}
