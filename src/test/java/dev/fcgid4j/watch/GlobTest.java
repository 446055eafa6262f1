/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.nio.file.PathMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {

    private static final Path BASE = Path.of("/site");

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "*.ini app.ini true",
                "*.ini lib/app.ini false",
                "?.ini a.ini true",
                "?.ini ab.ini false",
                "lib/**/*.rb lib/a/b/c.rb true",
                "lib/**/*.rb lib/c.rb true",
                "lib/**/*.rb other/c.rb false",
                "{a,b}.ini b.ini true",
                "{a,b}.ini c.ini false",
                "** a/b/c true",
                "**/a.[ch] x/a.c true",
                "a.[!c] a.h true",
                "a.[!c] a.c false",
                "a[^x]b a^b true",
                "a\\*b a*b true",
                "a\\*b axb false",
                "a}b,c a}b,c true",
                "[a-c&&d] & true"
            })
    void patternMatchesBelowItsBase(String pattern, String path, boolean matches) {
        assertThat(new Glob(BASE, pattern).matcher().matches(BASE.resolve(path)))
                .isEqualTo(matches);
    }

    @Test
    void baseIsNoPattern() {
        Glob glob = new Glob(Path.of("/sites/[1]{a,b}*"), "*.ini");

        assertThat(glob.matcher().matches(Path.of("/sites/[1]{a,b}*/x.ini"))).isTrue();
        assertThat(glob.matcher().matches(Path.of("/sites/1a/x.ini"))).isFalse();
    }

    @Test
    void baseMayBeTheRootDirectory() {
        assertThat(new Glob(Path.of("/"), "*.ini").matcher().matches(Path.of("/x.ini")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {"*.ini /site", "lib/**/*.rb /site/lib", "a/b/c.ini /site/a/b", "a/b*/c /site/a", "a\\*/c /site"})
    void rootHoldsAllMatches(String pattern, Path root) {
        assertThat(new Glob(BASE, pattern).root()).isEqualTo(root);
    }

    @Test
    void depthIsThatOfThePatternUnlessItCrossesDirectories() {
        assertThat(new Glob(BASE, "*.ini").depth()).isEqualTo(1);
        assertThat(new Glob(BASE, "a/*/c").depth()).isEqualTo(3);
        assertThat(new Glob(BASE, "a/**").depth()).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/*", "../*", "a/../b", "a/..", "{a"})
    void patternOutsideItsBaseAndBrokenPatternAreRefused(String pattern) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Glob(BASE, pattern));
    }

    @Test
    @Timeout(20)
    void pathForWhichThePatternTakesTooManyStepsCountsAsAMatch() {
        PathMatcher slow = new Glob(BASE, "**a**a**a**a**a**b").matcher();

        assertThat(slow.matches(BASE.resolve("a/".repeat(1000)))).isTrue();
        assertThat(slow.matches(BASE.resolve("c"))).isFalse();
    }
}
