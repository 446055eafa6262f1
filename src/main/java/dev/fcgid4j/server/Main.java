/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.failure.ConfigurationException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The command line of the stand-alone server: {@code serve} and {@code example}.
 *
 * <p>Output: one line on standard output when the server accepts requests, the log on standard error. A mistake of the user is
 * one sentence without a stack trace.
 *
 * <p>Threading: the main thread. It blocks while the server runs.
 */
@Command(
        name = "fcgid4j",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {ServeCommand.class, ExampleCommand.class},
        description = "Serves a folder of FastCGI scripts and keeps their interpreters running.",
        footer = {
            "",
            "Try it:  java -jar fcgid4j-server.jar example",
            "Use it:  java -jar fcgid4j-server.jar serve /srv/site --listen 127.0.0.1:8080"
        })
public final class Main implements Runnable {

    /** The exit code for a mistake in options or configuration; picocli's own. */
    private static final int USAGE = 2;

    /** Netty's system property for leak detection. */
    private static final String LEAKS = "io.netty.leakDetection.level";

    /** Prints the version that the manifest of the jar names. Created by picocli. */
    static final class Version implements IVersionProvider {

        Version() {}

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"fcgid4j " + (version == null ? "(not from a jar)" : version)};
        }
    }

    @Spec
    private CommandSpec spec;

    private Main(CommandSpec spec) {
        this.spec = spec;
    }

    private Main() {
        this(CommandSpec.create());
    }

    /** Runs a command. If the command fails, ends the JVM with its exit code; a command that serves runs until a signal. */
    public static void main(String[] args) {
        if (System.getProperty(LEAKS) == null) {
            // Leak detection is for tests. It allocates an exception for some buffers.
            System.setProperty(LEAKS, "disabled");
        }
        int code = run(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Runs a command and returns its exit code: 0, 1 if it failed, 2 for a mistake in options or configuration. */
    static int run(String... args) {
        Logging.toStandardError(Level.INFO);
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(message(failure));
                    return failure instanceof ConfigurationException ? USAGE : 1;
                })
                .execute(args);
    }

    /** Returns the sentence for a failure. Only the messages of expected failures are written for a user. */
    private static String message(Exception failure) {
        if (failure instanceof ConfigurationException || failure instanceof IOException) {
            return failure.getMessage();
        }
        return "failed: " + failure;
    }

    /** Prints the usage, because no command was named. */
    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
