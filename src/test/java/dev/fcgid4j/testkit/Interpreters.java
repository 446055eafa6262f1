/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The programs that {@code src/test/scripts/interpreters} has found. */
public final class Interpreters {

    private Interpreters() {}

    /** A program's path; empty when it is not there. */
    public static String find(String name) {
        Properties found = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("target/interpreters.properties"))) {
            found.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("run src/test/scripts/interpreters first, as mvn verify does", e);
        }
        return found.getProperty(name, "");
    }

    /** A program's path. Skips the test, aloud, when it is missing, unless that counts as failure. */
    public static String required(String name) {
        String program = find(name);
        boolean required = "required".equals(System.getProperty("fcgid4j.interpreters"));
        if (program.isEmpty() && !required) {
            System.out.println("skipped: a test needs " + name + ", which is not installed");
        }
        assumeTrue(!program.isEmpty() || required, () -> name + " is not installed");
        assertThat(program).as("%s is required", name).isNotEmpty();
        return program;
    }
}
