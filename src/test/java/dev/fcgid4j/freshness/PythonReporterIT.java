/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ReportedRun;
import dev.fcgid4j.testkit.ReportedRun.Loaded;
import dev.fcgid4j.testkit.TestApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Python with its reporter in its environment: what it reports, and that it is not disturbed. */
class PythonReporterIT extends LoadReporterFixture {

    private final String python = TestApplication.PYTHON.program();

    @Test
    void eachFileIsReportedOnceWhenItIsLoaded() throws Exception {
        Path script = file("app.py", """
                import early, sys, os, importlib, runpy, subprocess
                sys.path.insert(0, 'more')
                import late
                importlib.reload(late)
                import package.inner
                runpy.run_path('run.py')
                try:
                    import broken
                except SyntaxError:
                    pass
                sys.path.insert(0, 'code.zip')
                child = os.fork()
                if not child:
                    import forked
                    os._exit(0)
                os.waitpid(child, 0)
                subprocess.run([sys.executable, 'child.py'])
                """);
        List<Path> expected = List.of(
                script,
                file("early.py", ""),
                file("more/late.py", ""),
                file("package/__init__.py", ""),
                file("package/inner.py", ""),
                file("run.py", ""),
                file("broken.py", "def"),
                file("forked.py", ""));
        file("child.py", "");

        for (int compiled = 0; compiled < 2; compiled++) {
            Files.writeString(report, "");
            ReportedRun run = reporting(Map.of(), python, "app.py");

            assertThat(run).isEqualTo(new ReportedRun("", "", 0));
            assertThat(reported()).containsExactlyElementsOf(expected);
            assertFacts(script, 0);
            assertFacts(expected.get(1), 0);
        }
        assertThat(site.resolve("__pycache__")).isDirectory();
        assertThat(temp.resolve("reporters/__pycache__")).isRegularFile();
    }

    @Test
    void archiveAndNativeModulesAreReported() throws Exception {
        file("make.py", "import zipfile; zipfile.ZipFile('code.zip', 'w').write('zipped.py')");
        file("zipped.py", "print('zipped')");
        plain(Map.of(), python, "make.py");
        Files.delete(site.resolve("zipped.py"));
        file("app.py", "import sys; sys.path.append('code.zip'); import zipped, _json; print(_json.__file__)");

        ReportedRun run = reporting(Map.of(), python, "app.py");

        assertThat(run.stdout()).startsWith("zipped\n/");
        assertThat(reported()).containsExactly(site.resolve("app.py"), site.resolve("code.zip"));
        assertThat(ReportedRun.report(report))
                .extracting(Loaded::path)
                .contains(Path.of(run.stdout().lines().skip(1).findFirst().orElseThrow()));
    }

    @Test
    void scriptIsNotDisturbed() throws Exception {
        file("bad.py", "def");
        file("raising.py", "import traceback\ntraceback.print_stack()\n1/0\n");
        file("app.py", """
                import sys, traceback, os
                print(sys.path, sorted(sys.modules), sorted(sys.path_importer_cache))
                def trying(name):
                    try:
                        __import__(name)
                    except BaseException:
                        traceback.print_exc()
                for name in 'nowhere', 'bad', 'raising', 'raising':
                    trying(name)
                import raising
                """);

        assertUndisturbed(Map.of(), python, "-B", "app.py");
        assertUndisturbed(Map.of("PYTHONPATH", "extra:"), python, "-B", "-W", "error", "-bb", "app.py");
    }

    @Test
    void ownSitecustomizeStillRuns() throws Exception {
        Path own = file("own/sitecustomize.py", "print('own', __file__)\nimport helper\n");
        Path helper = file("own/helper.py", "print('helper')\n");
        Path script = file("app.py", "import sitecustomize; print(sitecustomize.__file__)");

        assertUndisturbed(Map.of("PYTHONPATH", site.resolve("own").toString()), python, "app.py");
        assertThat(reported()).containsExactly(script, own, helper);

        file("own/sitecustomize.py", "raise ValueError('own')\n");
        assertUndisturbed(Map.of("PYTHONPATH", site.resolve("own").toString()), python, "app.py");
    }

    @Test
    void mainModuleAndSpacesWork() throws Exception {
        reporters = ReporterScripts.unpack(Files.createDirectory(temp.resolve("a b")));
        Path main = file("package/__main__.py", "");

        assertThat(reporting(Map.of(), python, "-m", "package")).isEqualTo(new ReportedRun("", "", 0));
        assertThat(reporting(Map.of(), python, "-c", "pass")).isEqualTo(new ReportedRun("", "", 0));
        assertThat(reported()).containsExactly(main);
    }
}
