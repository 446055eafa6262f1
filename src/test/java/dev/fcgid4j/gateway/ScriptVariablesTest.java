/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.codec.EncodedPairs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many scripts' variables one event loop remembers. */
class ScriptVariablesTest {

    private static final Path ROOT = Path.of("/site");

    private final ScriptVariables variables = new ScriptVariables(new CgiEnvironment(CgiSettings.defaults()));

    private static ScriptPath path(String pathInfo) {
        return new ScriptPath("/app.fcgi", pathInfo, ROOT.resolve("app.fcgi"), ROOT, "", ROOT, Map.of());
    }

    @Test
    void variablesAreEncodedOnce() {
        ScriptPath path = path("/a");
        EncodedPairs first = variables.of(path);

        assertThat(variables.of(path)).isSameAs(first);
    }

    @Test
    void longVariablesAreNotRemembered() {
        ScriptPath path = path("/" + "z".repeat(15_000));

        assertThat(variables.of(path).length()).isGreaterThan(15_000);

        assertThat(variables.size()).isZero();
    }

    @Test
    void allVariablesTogetherHaveABound() {
        int most = 0;
        for (int i = 0; i < 10_000; i++) {
            variables.of(path("/" + i));
            most = Math.max(most, variables.size());
        }

        assertThat(variables.size()).isLessThan(most);
        assertThat(most * 700).as("bytes of the variables alone").isLessThan(ScriptVariables.MAX_BYTES);
    }
}
