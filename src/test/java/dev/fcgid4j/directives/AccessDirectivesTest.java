/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Require …}, {@code Order}, {@code Allow} and {@code Deny}: only "all" can be evaluated. */
class AccessDirectivesTest {

    private static final String DENIED = "Require all denied";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Order deny,allow                                   | 200
            Order deny,allow%nDeny from all                    | 403
            Order deny,allow%nDeny from all%nAllow from all    | 200
            Order allow,deny%nAllow from all                   | 200
            Order allow,deny%nAllow from all%nDeny from all    | 403
            Order mutual-failure%nAllow from all               | 200
            Order mutual-failure                               | 403
            Deny from all                                      | 403
            Allow from all                                     | 200
            deny FROM All                                      | 403
            Deny from 10.0.0.1                                 | 403
            Order allow,deny%nAllow from 10.0.0.1              | 403
            """)
    void orderSaysWhichOfAllowAndDenyCountsLast(String lines, int status) {
        assertThat(CompiledText.server(String.format(lines)).statusOf("/x")).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Require all granted%nRequire all denied                            | 200
            <RequireAll>%nRequire all granted%nRequire all denied%n</RequireAll> | 403
            <RequireAll>%n</RequireAll>                                        | 403
            <RequireNone>%nRequire all granted%n</RequireNone>                 | 403
            <RequireNone>%nRequire ip 1%n</RequireNone>%nRequire all granted   | 200
            <RequireNone>%nRequire ip 1%n</RequireNone>                        | 403
            Require ALL Granted                                                | 200
            Require                                                            | 403
            """)
    void membersOfARequireBlockCombine(String lines, int status) {
        assertThat(CompiledText.server(String.format(lines)).statusOf("/x")).isEqualTo(status);
    }

    @Test
    void requireAndOrderMustBothGrant() {
        DirectoryConfig denied = CompiledText.server(DENIED).config();

        assertThat(CompiledText.server("Allow from all").over(denied.copy()).denial(CompiledText.request("/x")))
                .hasValue(new Denial(403, "denied by test.conf:1"));
        assertThat(CompiledText.server("Require all granted").over(denied).denial(CompiledText.request("/x")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"AuthConfig, true", "Limit, true", "FileInfo Indexes Options, false"})
    void htaccessLiftsADenialOnlyWithAuthConfigOrLimit(String override, boolean lifts) {
        DirectoryConfig denied = CompiledText.server(DENIED, "Deny from all").config();

        CompiledText htaccess = CompiledText.htaccessWith(override, "Require all granted", "Allow from all");

        assertThat(htaccess.over(denied).denial(CompiledText.request("/x")).isEmpty())
                .isEqualTo(lifts);
        assertThat(htaccess.warnings()).hasSize(lifts ? 0 : 2).allMatch(warning -> warning.contains("AuthConfig"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Require ip 10.0.0.1", "Require not host x", "Allow from 10.0.0.1", "Deny from env=x"})
    void conditionThatCanNotBeEvaluatedDeniesWithAWarning(String line) {
        CompiledText text = CompiledText.server("Order allow,deny", line);

        assertThat(text.statusOf("/x")).isEqualTo(403);
        assertThat(text.warnings()).singleElement().asString().startsWith("test.conf:2: " + line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Satisfy any",
                "AuthType Basic",
                "AuthName \"x y\"",
                "AuthUserFile /x",
                "AuthGroupFile /x",
                "AuthBasicProvider file"
            })
    void directivesOfAuthenticationAloneDenyNothing(String line) {
        CompiledText text = CompiledText.server(line);

        assertThat(text.statusOf("/x")).isEqualTo(200);
        assertThat(text.warnings()).isEmpty();
    }

    @Test
    void unknownOrderIsAMistake() {
        assertThatThrownBy(() -> CompiledText.server("Order granted"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("test.conf:1: Order: expected Deny,Allow or Allow,Deny");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Order", "Allow", "Deny"})
    void sectionOfThatNameIsAMistake(String name) {
        assertThatThrownBy(() -> CompiledText.server("<" + name + " x>", "</" + name + ">"))
                .hasMessage("test.conf:1: " + name + ": is no section");
    }
}
