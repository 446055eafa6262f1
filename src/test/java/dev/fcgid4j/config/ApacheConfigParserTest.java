/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApacheConfigParserTest {

    private static List<Node> parse(String text) {
        return ApacheConfigParser.parse(text, "site.conf");
    }

    @Test
    void directivesHaveNameArgumentsAndPlace() {
        List<Node> nodes = parse("# a comment\n\n  FcgidWrapper \"/opt/my php/php-cgi -q\" .php  virtual\r\nListen 80");

        assertThat(nodes).extracting(Node::name).containsExactly("FcgidWrapper", "Listen");
        assertThat(nodes.get(0).args()).containsExactly("/opt/my php/php-cgi -q", ".php", "virtual");
        assertThat(nodes.get(0).place()).hasToString("site.conf:3");
        assertThat(nodes.get(1).place()).hasToString("site.conf:4");
    }

    @Test
    void sectionsNest() {
        List<Node> nodes =
                parse("<IfModule mod_fcgid.c>\n<Files \"*.rb\">\nSetHandler fcgid-script\n</FILES>\n</ifmodule>");

        assertThat(nodes).singleElement().isInstanceOfSatisfying(Node.Section.class, module -> {
            assertThat(module.args()).containsExactly("mod_fcgid.c");
            assertThat(module.children()).singleElement().isInstanceOfSatisfying(Node.Section.class, files -> {
                assertThat(files.key()).isEqualTo("files");
                assertThat(files.args()).containsExactly("*.rb");
                assertThat(files.children()).singleElement().satisfies(d -> assertThat(d.args())
                        .containsExactly("fcgid-script"));
            });
        });
    }

    @Test
    void backslashJoinsLinesAndQuotesGroupWords() {
        List<Node> nodes = parse("SetEnv A \\\n  'it is \\'so\\''\nSetEnv B \"back\\\\slash\"\nSetEnv C \"a\\b\"");

        assertThat(nodes)
                .extracting(Node::args)
                .containsExactly(List.of("A", "it is 'so'"), List.of("B", "back\\slash"), List.of("C", "a\\b"));
        assertThat(nodes.get(1).place().line()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<Files *.rb>               | 1 | expected </Files>",
                "<Files a>NL</Directory>    | 2 | expected </Files> for line 1",
                "</Files>                   | 1 | no section is open",
                "<Files *.rb                | 1 | must end with >",
                "<>                         | 1 | without a name",
                "SetEnv A \"open            | 1 | never closed"
            })
    void mistakeNamesFileLineAndWhatWasExpected(String text, int line, String expected) {
        assertThatThrownBy(() -> parse(text.replace("NL", "\n")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("site.conf:" + line + ":")
                .hasMessageContaining(expected);
    }

    @Test
    void sectionLeftOpenInHtaccessEndsWithTheFileAndIsWarnedOf() {
        List<String> warnings = new ArrayList<>();

        List<Node> nodes = ApacheConfigParser.parseLenient("<Files *.rb>\n SetHandler x", ".htaccess", warnings::add);

        assertThat(nodes).singleElement().isInstanceOf(Node.Section.class);
        assertThat(warnings).singleElement().asString().contains(".htaccess:1:", "</Files>");
    }

    @Test
    void filesSectionLeftOpenInHtaccessEndsWhereTheNextBegins() {
        List<String> warnings = new ArrayList<>();

        List<Node> nodes = ApacheConfigParser.parseLenient(
                "<Files a>\nA 1\n<FilesMatch b>\nB 1\n</FilesMatch>\n</Files>\nC 1", ".htaccess", warnings::add);

        assertThat(nodes).extracting(Node::name).containsExactly("Files", "FilesMatch", "C");
        assertThat(warnings).hasSize(2);
        assertThat(warnings.get(0)).contains(".htaccess:1:", "line 3");
        assertThat(warnings.get(1)).contains(".htaccess:6:");
    }

    @Test
    void quoteLeftOpenInHtaccessEndsWithTheLine() {
        List<String> warnings = new ArrayList<>();

        List<Node> nodes =
                ApacheConfigParser.parseLenient("ErrorDocument 404 \"Not here\nA 1", ".htaccess", warnings::add);

        assertThat(nodes).extracting(Node::args).containsExactly(List.of("404", "Not here"), List.of("1"));
        assertThat(warnings).singleElement().asString().contains(".htaccess:1:", "never closed");
    }

    @Test
    void quoteLeftOpenInsideIfModuleIsAnUnreadableNode() {
        List<Node> nodes = parse("<IfModule x>\n<Files y>\nSetEnv A \"open\n</Files>\n</IfModule>");

        assertThat(nodes).singleElement().isInstanceOfSatisfying(Node.Section.class, module -> assertThat(
                        module.children())
                .singleElement()
                .isInstanceOfSatisfying(Node.Section.class, files -> assertThat(files.children())
                        .singleElement()
                        .isInstanceOfSatisfying(Node.Unreadable.class, line -> {
                            assertThat(line.name()).isEqualTo("SetEnv");
                            assertThat(line.error()).startsWith("site.conf:3: ").contains("never closed");
                        })));
    }

    @Test
    void sectionsCanNotNestWithoutEnd() {
        assertThatThrownBy(() -> parse("<a>\n".repeat(100))).hasMessageContaining("nested deeper than 32");
    }

    @Property
    void anyTextIsReadOrRefusedWithAPlace(@ForAll String text) {
        try {
            assertThat(parse(text)).isNotNull();
        } catch (ConfigurationException e) {
            assertThat(e).hasMessageStartingWith("site.conf:");
        }
    }
}
