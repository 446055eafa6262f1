/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.FcgiProcessManager;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library as a named module: what a module outside of it can use, and that it runs without its optional modules. */
class ModuleTest {

    /** All that the module requires when it runs. */
    private static final List<String> REQUIRED = List.of("netty-", "jna-jpms-", "slf4j-api-");

    private static final String MODULE = "module smoke { requires dev.fcgid4j; }";

    @TempDir
    private static Path shared;

    @TempDir
    private Path temp;

    private record Compiled(boolean success, String messages) {}

    /** Gives the compiled classes their module descriptor, however they were compiled. */
    @BeforeAll
    static void makeModule() throws Exception {
        Path classes = Path.of(FcgiProcessManager.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        copy(classes, shared);
        Compiled compiled = compile(
                shared,
                List.of(Path.of("src/main/java/module-info.java")),
                dependencies("jspecify-", "logback-", "picocli-"));

        assertThat(compiled.messages()).isEmpty();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    /** The module path of what is required, and of more jars by the beginnings of their names. */
    private static String dependencies(String... more) {
        List<String> wanted = new ArrayList<>(REQUIRED);
        wanted.addAll(List.of(more));
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator))
                .filter(entry ->
                        wanted.stream().anyMatch(Path.of(entry).getFileName().toString()::startsWith))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Compiled compile(Path into, List<Path> sources, String modulePath) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean success = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-proc:none", "-d", into.toString(), "--module-path", modulePath),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            return new Compiled(success, messages.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles a module with one class against the library. */
    private Compiled outside(String main) throws IOException {
        Path sources = Files.createDirectories(temp.resolve("src/smoke"));
        Path module = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
        Path type = Files.writeString(sources.resolve("Main.java"), main);
        return compile(temp.resolve("classes"), List.of(module, type), shared + File.pathSeparator + dependencies());
    }

    @Test
    void facadeRunsFromANamedModule() throws Exception {
        Files.createDirectory(temp.resolve("site"));
        Compiled compiled = outside("""
                package smoke;

                import dev.fcgid4j.FcgiProcessManager;
                import dev.fcgid4j.netty.FastCgiHttpHandler;
                import java.nio.file.Path;

                public class Main {
                    public static void main(String[] args) {
                        try (FcgiProcessManager manager = FcgiProcessManager.builder()
                                .documentRoot(Path.of(args[0]))
                                .maxProcessesPerClass(8)
                                .directives("FcgidIdleTimeout 60")
                                .start()) {
                            new FastCgiHttpHandler(manager.gateway());
                            System.out.println(Main.class.getModule() + " uses "
                                    + FcgiProcessManager.class.getModule()
                                    + " with " + manager.snapshot().processes() + " processes");
                        }
                    }
                }
                """);
        assertThat(compiled.messages()).isEmpty();

        assertThat(run()).contains("module smoke uses module dev.fcgid4j with 0 processes");
    }

    /** Runs the compiled module in a JVM of its own, and gives what it printed. */
    private String run() throws Exception {
        Path output = temp.resolve("output");
        String path =
                String.join(File.pathSeparator, temp.resolve("classes").toString(), shared.toString(), dependencies());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        path,
                        "--module",
                        "smoke/smoke.Main",
                        temp.resolve("site").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }

    @Test
    void internalPackageIsOutOfReach() throws Exception {
        Compiled compiled = outside("package smoke; public class Main { dev.fcgid4j.pool.WorkerPool pool; }");

        assertThat(compiled.success()).isFalse();
        assertThat(compiled.messages()).contains("package dev.fcgid4j.pool is not visible");
    }
}
