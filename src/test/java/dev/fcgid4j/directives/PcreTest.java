/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions and wildcards of Apache's users, in Java's dialect. */
class PcreTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ^a.c$            | abc    | true
            [[:alpha:]]+     | Abc    | true
            ^[[:^digit:]]+$  | a1     | false
            ^[[:^digit:]]+$  | ab     | true
            ^[[:word:].]+$   | a_1.   | true
            ^[[:^space:]]$   | ' '    | false
            ^[a&&b]$         | &      | true
            ^[[]$            | [      | true
            ^[]a]$           | ]      | true
            ^[^]a]$          | b      | true
            ^[^]a]$          | ]      | false
            ^a{2}$           | aa     | true
            ^a{2,3}$         | aaa    | true
            ^a{x}$           | a{x}   | true
            ^a{,3}$          | a{,3}  | true
            (?P<n>a)b        | ab     | true
            \\Qa.b\\E        | a.b    | true
            \\Qa.b\\E        | axb    | false
            \\.              | x      | false
            """)
    void regexMeansWhatItMeansInApache(String regex, String text, boolean found) {
        assertThat(Pattern.compile(Pcre.toJava(regex)).matcher(text).find()).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "[a", "*", "a{2", "[[:nonsense:]]"})
    void invalidRegexStaysInvalid(String regex) {
        if (regex.equals("a{2")) {
            assertThat(Pattern.matches(Pcre.toJava(regex), "a{2")).isTrue();
        } else {
            assertThatThrownBy(() -> Pcre.toJava(regex)).isInstanceOf(PatternSyntaxException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *.txt     | a.txt    | true
            *.txt     | a/b.txt  | false
            a?c       | abc      | true
            a?c       | a/c      | false
            a[!b]c    | abc      | false
            a[!b]c    | axc      | true
            a[^b]c    | abc      | false
            a\\*c     | a*c      | true
            a\\*c     | abc      | false
            a.c       | abc      | false
            a+(b)     | a+(b)    | true
            ä*        | äb       | true
            [[:digit:]] | d]     | true
            a[!q]b    | a/b      | false
            a[--0]b   | a/b      | false
            a[--0]b   | a.b      | true
            a[q/]b    | aqb      | false
            a[q/]b    | a[q/]b   | true
            a[\\d]b | adb      | true
            a[\\d]b | a7b      | false
            a[]]b     | a]b      | true
            a[!]]b    | a]b      | false
            a[x\\]]b | a]b     | true
            a[&&a]b   | a&b      | true
            a[^^]b    | a^b      | false
            """)
    void wildcardMatchesTheWholeTextButNoSlash(String glob, String text, boolean matches) {
        assertThat(Pattern.matches(Pcre.wildcard(glob), text)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ^s\\56t$          | s.t    | true
            \\141b            | ab     | true
            ^[\\141-\\143]$ | b      | true
            ^\\0563$          | .3     | true
            ^\\x2et$          | .t     | true
            ^\\x{2e}t$        | .t     | true
            \\bsecret         | \u00aasecret | true
            secret\\b         | secret\u00e9 | true
            \\Bsecret         | \u00e9secret | false
            ^(a)\\1$          | aa     | true
            ^(a)\\60$         | a0     | true
            ^[a-c-e]+$          | a-e    | true
            ^[\\w.-]+$        | a-     | true
            ^[\\]x]$          | ]      | true
            ^(?'n_1'a)$         | a      | true
            ^\\Qab\\E+$     | abb    | true
            (?i)^[[:upper:]]$   | x      | true
            ^a #$               | a #    | true
            """)
    void escapeMeansWhatItMeansInPcre(String regex, String text, boolean found) {
        assertThat(Pcre.compile(regex, false, "x").find(text)).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\\w-.]",
                "[a-\\d]",
                "[c-a]",
                "[[:alpha:]-z]",
                "[:alpha:]",
                "[.a.]",
                "[[.a.]]",
                "[[=a=]]",
                "[[:<:]]",
                "\\1",
                "(a\\1)",
                "\\2(a)",
                "\\8",
                "a{70000}",
                "a{3,2}",
                "a**",
                "a{2}{2}",
                "^*",
                "\\b+",
                "(?=a)+",
                "\\u0073",
                "\\x",
                "\\xg",
                "\\x{100}",
                "\\777",
                "\\o{56}",
                "\\cA",
                "\\G",
                "\\K",
                "\\R",
                "\\X",
                "\\y",
                "\\E",
                "\\Q\\E",
                "[\\R]",
                "[\\A]",
                "\\",
                "(?d)x",
                "(?u)x",
                "(?U)x",
                "(?x)x",
                "(?|a)",
                "(?R)",
                "(?1)",
                "(?#c)",
                "(*UTF)a",
                "(?<n>a)(?<n>b)",
                "(?<=a{1,2})b",
                "(?<=a+)b",
                "(?<=(a|bc))d",
                "a)"
            })
    void expressionOfAnotherOrUnknownMeaningIsRefused(String regex) {
        assertThatThrownBy(() -> Pcre.compile(regex, false, "x")).isInstanceOf(PatternSyntaxException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:(?:(?:){9999}){9999}){9999}x",
                "(?:){9999}x",
                "(?:a?){9999}x",
                "(?:(?:a{999}){999}){999}x",
                "(?:$){9999}x",
                "(?:\\b){9999}x",
                "(?:(?!a)){9999}x",
                "(?:(?:a?|b?){2}){13}c$",
                "(?:a*|b*){26}c$"
            })
    void repetitionThatLooksAtNoCharacterIsRefused(String regex) {
        assertThatThrownBy(() -> Pcre.compile(regex, false, "x")).isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void alternativesOfALookbehindMayDifferInLength() {
        assertThat(Pcre.compile("(?<=ab|c)d", false, "x").find("cd")).isTrue();
    }

    @Test
    void choiceOfNothingThatIsWrittenOftenIsRefused() {
        for (String choice : List.of("(?:|)", "(?:a?|b?)", "(?:a?b?|)", "(|a|)?")) {
            String regex = choice.repeat(26) + "c$";
            assertThatThrownBy(() -> Pcre.compile(regex, false, "x")).isInstanceOf(PatternSyntaxException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^/(?:[^/]*/?)*$",
                "\\.(?:php[0-9]?|phtml|inc|bak~?)$",
                "^[0-9a-f]{0,1024}$",
                "^.{1,255}$",
                "((a?)*)*$c",
                "^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$",
                "(?i)\\.(jpe?g|png|gif|tiff?)(\\?.*)?$"
            })
    void plausibleExpressionIsAccepted(String regex) {
        assertThatCode(() -> Pcre.compile(regex, false, "x").find("/a/b/c.txt")).doesNotThrowAnyException();
    }

    @Test
    void longListOfWordsIsAccepted() {
        String words = IntStream.range(0, 1500).mapToObj(i -> "w" + i).collect(Collectors.joining("|"));

        assertThat(Pcre.compile("^/(" + words + ")+$", false, "x").find("/w7w1499"))
                .isTrue();
    }

    @Property
    void anyTextIsTranslatedWithoutAnotherError(@ForAll String text) {
        for (UnaryOperator<String> translation : List.<UnaryOperator<String>>of(Pcre::wildcard, Pcre::toJava)) {
            try {
                Pattern.compile(translation.apply(text));
            } catch (PatternSyntaxException e) {
                assertThat(e.getDescription()).isNotEmpty();
            }
        }
    }
}
