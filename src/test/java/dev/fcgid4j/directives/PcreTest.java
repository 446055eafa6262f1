/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
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
        String java = Pcre.toJava(regex);

        if (regex.equals("a{2")) {
            assertThat(Pattern.matches(java, "a{2")).isTrue();
        } else {
            assertThatThrownBy(() -> Pattern.compile(java)).isInstanceOf(PatternSyntaxException.class);
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
            [[:digit:]] | 7      | true
            """)
    void wildcardMatchesTheWholeTextButNoSlash(String glob, String text, boolean matches) {
        assertThat(Pattern.matches(Pcre.wildcard(glob), text)).isEqualTo(matches);
    }

    @Property
    void anyTextIsTranslatedWithoutAnotherError(@ForAll String text) {
        assertThatCode(() -> {
                    Pcre.wildcard(text);
                    Pcre.toJava(text);
                })
                .doesNotThrowAnyException();
    }
}
