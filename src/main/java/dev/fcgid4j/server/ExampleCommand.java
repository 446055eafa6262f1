/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.FcgiProcessManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code example}: unpacks the bundled example site and serves it until a signal ends the JVM.
 *
 * <p>Threading: picocli creates and calls it on the main thread.
 */
@Command(
        name = "example",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Unpacks the example site into a folder and serves it, for trying things out.",
            "Files that are there already are kept, so your edits survive."
        })
final class ExampleCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "where to unpack it (a new temporary folder)")
    private Optional<Path> directory = Optional.empty();

    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "where to listen (127.0.0.1:8080)")
    private String listen = "127.0.0.1:8080";

    ExampleCommand() {}

    /**
     * Serves the example site. PHP pages work if php-cgi is installed; the output says which interpreters are missing.
     *
     * @throws IOException if the site can't be written, or the server can't listen
     */
    @Override
    public Integer call() throws IOException {
        Path site = directory.isPresent()
                ? directory.get().toAbsolutePath().normalize()
                : Files.createTempDirectory("fcgid4j-example-");
        ExampleSite.unpack(site);
        Optional<Path> php = InstalledInterpreters.find("php-cgi");
        FcgiProcessManager.Builder builder =
                FcgiProcessManager.builder().documentRoot(site).directives("AllowOverride All", "example");
        php.ifPresent(
                path -> builder.directives("AddHandler fcgid-script .php\nFcgidWrapper " + path + " .php", "example"));
        RunningServer.start(builder.start(), Addresses.parse(listen), server -> {
            System.out.println("The example site is in " + site + ": edit a file there and reload the page.");
            InstalledInterpreters.report(System.out);
        });
        return 0;
    }
}
