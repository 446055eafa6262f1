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
            <RequireAll>%nRequire all granted%nRequire not all denied%n</RequireAll> | 200
            <RequireAll>%nRequire not all denied%n</RequireAll>                | 403
            <RequireAll>%nRequire all granted%n<RequireNone>%nRequire all denied%n</RequireNone>%n</RequireAll> | 200
            Require all GRANTED                                                | 200
            Require ip 10.0.0.1%nRequire all granted                           | 200
            Require expr "x"%nRequire all granted                              | 403
            Require user %%{x%nRequire all granted                             | 403
            """)
    void membersOfARequireBlockCombine(String lines, int status) {
        assertThat(CompiledText.server(String.format(lines)).statusOf("/x")).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Require",
                "Require all",
                "Require all denied;",
                "Require all denied # no",
                "Require all maybe",
                "Require all denied\u00a0",
                "Require all \"denied\"",
                "Require \"all denied\"",
                "Require ALL denied",
                "Require NOT all granted",
                "Require al denied",
                "Require ip 300.1",
                "Require ip 10.0.0.0/33",
                "Require method GOT",
                "Require local x",
                "Require not all granted",
                "Require not ip 10.0.0.1",
                "RequireAll denied",
                "<Require all denied>\n</Require>",
                "<RequireAny>\n</RequireAny>",
                "<RequireAll>\n</RequireAll>",
                "<RequireNone>\n</RequireNone>",
                "<RequireNone>\nRequire all denied\n</RequireNone>",
                "<RequireAny x>\nRequire all denied\n</RequireAny>",
                "<RequireAny>\nDeny from all\n</RequireAny>",
                "<RequireAny>\nRequire not all granted\n</RequireAny>",
                "<RequireAll>\nRequire all granted\nDeny from all\n</RequireAll>",
                "AuthMerging Yes",
                "Order deny, allow",
                "Order deny,allow x",
                "Deny all",
                "Deny from",
                "Deny from 1.2.3.300",
                "Deny from 10.0.0.0/99",
                "Deny from all;",
                "Satisfy maybe",
                "AuthType"
            })
    void mistakeBesideAGrantClosesTheFileInsideFilesToo(String line) {
        assertThatThrownBy(() -> CompiledText.htaccess("Require all granted", "Allow from all", line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching("[.]htaccess:[345]: .*");
        assertThatThrownBy(() -> CompiledText.htaccess("<Files x>", "Require all granted", line, "</Files>"))
                .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> CompiledText.server("Require all granted", line))
                .isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @CsvSource({"And, false", "Or, true", "Off, true"})
    void authMergingAndKeepsTheInheritedDenial(String merging, boolean lifts) {
        DirectoryConfig denied = CompiledText.server(DENIED).config();

        CompiledText text = CompiledText.htaccess("AuthMerging " + merging, "Require all granted");

        assertThat(text.over(denied).denial(CompiledText.request("/x")).isEmpty())
                .isEqualTo(lifts);
    }

    @Test
    void authMergingAndRevivesADenialThatAnEarlierSectionLifted() {
        CompiledText text = CompiledText.server(
                DENIED,
                "<Files x*>",
                "Require all granted",
                "</Files>",
                "<Files *y>",
                "AuthMerging And",
                "Require all granted",
                "</Files>");

        assertThat(text.forFile("xy").denial(CompiledText.request("/xy"))).isPresent();
        assertThat(text.forFile("xz").denial(CompiledText.request("/xz"))).isEmpty();
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
    @CsvSource({
        "AuthConfig Limit, true, 0",
        "AuthConfig, false, 1",
        "Limit, false, 1",
        "FileInfo Indexes Options, false, 2"
    })
    void htaccessLiftsADenialOfRequireWithAuthConfigAndOneOfDenyWithLimit(String override, boolean lifts, int warned) {
        DirectoryConfig denied = CompiledText.server(DENIED, "Deny from all").config();

        CompiledText htaccess = CompiledText.htaccessWith(override, "Require all granted", "Allow from all");

        assertThat(htaccess.over(denied).denial(CompiledText.request("/x")).isEmpty())
                .isEqualTo(lifts);
        assertThat(htaccess.warnings()).hasSize(warned).allMatch(warning -> warning.contains("may not lift a denial"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Require ip 10.0.0.1", "Require host x", "Allow from 10.0.0.1", "Deny from env=x"})
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
                .hasMessage("test.conf:1: Order: expected Deny,Allow or Allow,Deny, without a space");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Order", "Allow", "Deny"})
    void sectionOfThatNameIsAMistake(String name) {
        assertThatThrownBy(() -> CompiledText.server("<" + name + " x>", "</" + name + ">"))
                .hasMessage("test.conf:1: " + name + ": is no section");
    }
}
