/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code <IfModule>}, {@code <IfVersion>} and {@code <IfDefine>}: true, false, or left as they are. */
class ConditionalSectionsTest {

    private final List<String> warnings = new ArrayList<>();

    private List<Node> resolve(String text) {
        return ConditionalSections.resolve(ApacheConfigParser.parseLenient(text, "x", warnings::add), warnings::add);
    }

    private List<String> names(String opening) {
        String name = opening.split(" ", 2)[0];
        return resolve("<" + opening + ">\nSetEnv A\n</" + name + ">").stream()
                .map(Node::name)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "IfModule mod_fcgid.c",
                "IfModule fcgid_module",
                "IfModule core.c",
                "IfModule mod_authz_host.c",
                "IfVersion >= 2.4",
                "IfVersion != 2.2"
            })
    void contentOfATrueSectionTakesItsPlace(String opening) {
        assertThat(names(opening)).containsExactly("SetEnv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"IfModule !mod_dir.c", "IfVersion < 2.4", "IfVersion !~ ^2"})
    void sectionThatIsFalseByWhatIsHereGoes(String opening) {
        assertThat(names(opening)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "IfModule mod_other.c",
                "IfModule !mod_other.c",
                "IfModule FCGID_module",
                "IfModule MOD_FCGID.C",
                "IfVersion nonsense",
                "IfVersion >= 2.4.71",
                "IfDefine X",
                "IfDefine !X",
                "Files x",
                "Limit GET"
            })
    void otherSectionsStay(String opening) {
        assertThat(names(opening)).containsExactly(opening.split(" ", 2)[0]);
    }

    @Test
    void sectionsInsideOthersAreResolvedToo() {
        List<Node> nodes = resolve("<Files x>\n<IfModule mod_mime.c>\nA\n</IfModule>\n</Files>");

        assertThat(nodes).singleElement().isInstanceOfSatisfying(Node.Section.class, files -> assertThat(
                        files.children())
                .extracting(Node::name)
                .containsExactly("A"));
    }

    @Test
    void resolvingTwiceChangesNothingMore() {
        List<Node> once = resolve("<IfModule mod_other.c>\n<IfDefine !X>\nA\n</IfDefine>\n</IfModule>\nB");

        assertThat(ConditionalSections.resolve(once, warnings::add)).isEqualTo(once);
    }

    @Test
    void unreadableLineIsAMistakeOnlyWhereItCounts() {
        String line = "Nonsense \"";

        assertThat(ConditionalSections.resolve(
                        ApacheConfigParser.parse("<IfModule mod_x.c>\n" + line + "\n</IfModule>", "x"), warnings::add))
                .singleElement()
                .isInstanceOfSatisfying(Node.Section.class, section -> assertThat(section.children())
                        .isEmpty());
        assertThatThrownBy(() -> ConditionalSections.resolve(
                        ApacheConfigParser.parse("<IfModule mod_dir.c>\n" + line + "\n</IfModule>", "x"),
                        warnings::add))
                .hasMessageStartingWith("x:2: ");
    }

    @Test
    void modRewriteCausesAWarning() {
        names("IfModule mod_rewrite.c");
        names("IfModule !rewrite_module");

        assertThat(warnings).hasSize(2).allMatch(warning -> warning.contains("FallbackResource /index.php"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"IfModule", "IfModule a b", "IfDefine"})
    void conditionWithoutOneNameIsAMistake(String opening) {
        assertThatThrownBy(() -> names(opening)).hasMessageContaining("expected one name");
    }

    @ParameterizedTest
    @CsvSource({
        "= 2.4.1000,       false",
        "> 2.4,            true",
        ">= 2.4,           true",
        ">= 2.4.1,         true",
        "< 2.5,            true",
        "> 2.4.999,        false",
        "!= 2.4.1000,      true",
        "<= 2,             false",
        "!= 2.2,           true",
        "!>= 2.6,          true",
        "~ ^2\\.[0-4],     true",
        "= /^2\\.2/,       false",
        "!~ 2.4,           false"
    })
    void versionIsComparedPartByPart(String condition, boolean holds) {
        assertThat(ApacheVersion.fits(List.of(condition.split(" ")))).hasValue(holds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=> 2.4",
                "2.x",
                "= 2.4.6.1",
                "= 12345",
                "~ (",
                "= 2.4 x",
                "2.4",
                "= 2.4",
                "!= 2.4",
                "== 2.4.62",
                "> 2.4.61",
                ">= 2.4.71",
                "< 2.4.2",
                "~ 2.4.7",
                "= /2\\.4\\.7/",
                "> /2/"
            })
    void versionConditionThatIsNotUnderstoodOrDependsOnThePatchIsUnknown(String condition) {
        assertThat(ApacheVersion.fits(List.of(condition.split(" ")))).isEmpty();
        assertThat(ApacheVersion.fits(List.of())).isEmpty();
    }
}
