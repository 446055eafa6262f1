/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The kinds of test application in {@code src/test/workers}, and how to put one into a document root. */
public enum TestApplication {
    PERL_CORE("perl", "core.pl", "core-pl.fcgi"),
    PERL_FCGI("perl-fcgi", "fcgi.pl", "fcgi-pl.fcgi"),
    PYTHON("python3", "core.py", "core-py.fcgi"),
    PHP("php-cgi", "app.php", "app.php"),
    RUBY("ruby-fcgi", "fcgi.rb", "fcgi-rb.fcgi"),
    C("libfcgi", "app.c", "app-c.fcgi"),
    GO("go", "app.go", "app-go.fcgi");

    private static final Path SOURCES = Path.of("src/test/workers");

    private final String interpreter;
    private final String source;
    private final String page;

    TestApplication(String interpreter, String source, String page) {
        this.interpreter = interpreter;
        this.source = source;
        this.page = page;
    }

    /** The page's URL path. */
    public String url() {
        return "/" + page;
    }

    /** Puts it into a folder; skips the test when its interpreter is missing, unless that counts as failure. */
    public Path install(Path folder) throws IOException, InterruptedException {
        String program = Interpreters.required(interpreter);
        Path target = folder.resolve(page);
        switch (this) {
            case C ->
                copyExecutable(
                        build(
                                page,
                                program,
                                "-O2",
                                "-o",
                                "@",
                                SOURCES.resolve(source).toString(),
                                "-lfcgi"),
                        target);
            case GO ->
                copyExecutable(
                        build(
                                page,
                                program,
                                "build",
                                "-o",
                                "@",
                                SOURCES.resolve(source).toString()),
                        target);
            case PERL_CORE, PERL_FCGI, PYTHON, RUBY, PHP -> copyExecutable(SOURCES.resolve(source), target);
        }
        return target;
    }

    /** Builds a C program of {@code src/test/workers} that has threads, and puts it into a folder. */
    public static void installThreaded(String source, Path target) throws IOException, InterruptedException {
        String file = SOURCES.resolve(source).toString();
        String compiler = Interpreters.required("libfcgi");
        copyExecutable(build(source + ".fcgi", compiler, "-O2", "-pthread", "-o", "@", file, "-lfcgi"), target);
    }

    /** Its interpreter. */
    public String program() {
        return Interpreters.required(interpreter);
    }

    /** The directives that the page needs. */
    public String directives() {
        return this == PHP
                ? "AddHandler fcgid-script .php\nFcgidWrapper " + Interpreters.find(interpreter) + " .php"
                : "";
    }

    private static void copyExecutable(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path build(String name, String... words) throws IOException, InterruptedException {
        Path built = Path.of("target/workers", name).toAbsolutePath();
        if (Files.exists(built)) {
            return built;
        }
        Files.createDirectories(built.getParent());
        List<String> command = List.of(words).stream()
                .map(w -> w.equals("@") ? built.toString() : w)
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("GO111MODULE", "off");
        builder.environment()
                .put("GOCACHE", Path.of("target/go-cache").toAbsolutePath().toString());
        builder.environment()
                .put("GOPATH", Path.of("target/go-path").toAbsolutePath().toString());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES))
                .as("built in time: %s", command)
                .isTrue();
        assertThat(process.exitValue()).as("exit code of %s", command).isZero();
        return built;
    }
}
