/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.failure.ConfigurationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code serve DOCROOT}: serves a folder until a signal ends the JVM.
 *
 * <p>Settings come from three places: the arguments, the file of {@code --config}, and each {@code --set}, which is applied
 * last. {@code --listen} wins over {@code Listen} of the configuration.
 *
 * <p>Threading: picocli creates and calls it on the main thread.
 */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Serves a folder: .fcgi scripts are run, .htaccess files are read, other files are sent.",
            "Prints one line, \"listening on http://HOST:PORT\", when it accepts requests; logs to standard error.",
            "On SIGTERM or SIGINT it finishes running requests, for at most " + RunningServer.FINISH_SECONDS
                    + " s, stops all workers and ends with 0."
        },
        footer = {
            "",
            "Examples:",
            "  serve /srv/site",
            "  serve /srv/site --listen 127.0.0.1:0 --set 'FcgidMaxProcesses 20'",
            "  serve /srv/site --set 'AddHandler fcgid-script .php' --set 'FcgidWrapper /usr/bin/php-cgi .php'"
        })
final class ServeCommand implements Callable<Integer> {

    private static final String DEFAULT_ADDRESS = "127.0.0.1:8080";

    @Parameters(paramLabel = "DOCROOT", arity = "0..1", description = "the folder; or say DocumentRoot in --config")
    private Optional<Path> root = Optional.empty();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "where to listen; port 0 picks one (" + DEFAULT_ADDRESS + ")")
    private Optional<String> listen = Optional.empty();

    @Option(names = "--config", paramLabel = "FILE", description = "configuration in Apache's syntax")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--set", paramLabel = "'Directive args'", description = "one directive; may be repeated")
    private List<String> directives = new ArrayList<>();

    ServeCommand() {}

    /**
     * Serves the folder.
     *
     * @throws ConfigurationException for a mistake in an argument or a directive
     * @throws IOException if the server can't listen
     */
    @Override
    public Integer call() throws IOException {
        FcgiProcessManager.Builder builder = FcgiProcessManager.builder();
        root.ifPresent(builder::documentRoot);
        config.ifPresent(builder::config);
        // Each text has a name of its own, so that an error message says which one has the mistake.
        for (int i = 0; i < directives.size(); i++) {
            builder.directives(directives.get(i), "--set " + (i + 1));
        }
        List<String> configured = builder.settings().listen();
        if (configured.size() > 1 && listen.isEmpty()) {
            throw new ConfigurationException("Listen: expected one address, found " + configured);
        }
        InetSocketAddress address =
                Addresses.parse(listen.orElse(configured.isEmpty() ? DEFAULT_ADDRESS : configured.get(0)));
        RunningServer.start(builder.start(), address, server -> {});
        return 0;
    }
}
