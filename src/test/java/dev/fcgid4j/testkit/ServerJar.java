/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The executable jar, running.
 *
 * @param process the test that starts it ends it
 * @param address such as {@code http://127.0.0.1:8080}
 */
public record ServerJar(Process process, String address) {

    private static final String JAR = System.getProperty("fcgid4j.serverJar", "target/fcgid4j-server.jar");

    /** Starts it and waits until it listens. Its log goes where the test's goes. */
    public static ServerJar start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** Likewise, with more in its environment. */
    public static ServerJar start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-jar", JAR));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("listening on ")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("the server did not start: " + command);
        }
        return new ServerJar(process, line.substring("listening on ".length()));
    }
}
