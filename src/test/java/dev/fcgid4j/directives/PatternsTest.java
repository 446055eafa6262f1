/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.config.Node;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the arguments of sections match. */
class PatternsTest {

    private static Node.Section section(String opening) {
        String name = opening.split(" ", 2)[0];
        return (Node.Section) ApacheConfigParser.parse("<" + opening + ">\n</" + name + ">", "test.conf")
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "Files a.txt,          a.txt,  true",
        "Files a.txt,          A.txt,  false",
        "Files *.txt,          b.txt,  true",
        "Files ~ ^b,           bc,     true",
        "FilesMatch c$,        bc,     true",
        "FilesMatch c$,        cb,     false"
    })
    void filesMatchesAName(String opening, String name, boolean matches) {
        assertThat(Patterns.file(section(opening)).test(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "Directory /srv/a,        /srv/a,    true",
        "Directory /srv/a/,       /srv/a,    true",
        "Directory /,             /,         true",
        "Directory /srv/a,        /srv/a/b,  false",
        "Directory /srv/*,        /srv/a,    true",
        "Directory /srv/*,        /srv/a/b,  false",
        "Directory /srv/a[!q]b,   /srv/a/b,  false",
        "Directory /srv/a[!q]b,   /srv/axb,  true",
        "DirectoryMatch /a/$,     /srv/a,    false",
        "DirectoryMatch /a/$,     /srv/a/,   true",
        "DirectoryMatch a$,       /srv/x.a,  true",
        "Directory /srv/./b/../a//, /srv/a,  true",
        "Directory /srv/*.a,      /srv/x.a,  true",
        "DirectoryMatch /a$,      /srv/a,    true",
        "Directory ~ /a,          /srv/ab,   true"
    })
    void directoryMatchesItself(String opening, String path, boolean matches) {
        assertThat(Patterns.directory(section(opening)).test(path)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "Location /a,        /a,     true",
        "Location /a,        /a/b,   true",
        "Location /a,        /ab,    false",
        "Location /a/,       /a,     false",
        "Location /,         /x,     true",
        "Location /a/*,      /a/b,   true",
        "Location /a/*,      /a/b/c, false",
        "Location /a[!q]b,   /a/b,   false",
        "LocationMatch b,    /abc,   true"
    })
    void locationMatchesItselfAndBelow(String opening, String url, boolean matches) {
        assertThat(Patterns.location(section(opening)).test(url)).isEqualTo(matches);
    }

    @Test
    void onlyADirectoryWithoutWildcardsIsNamed() {
        assertThat(Patterns.namedDirectory(section("Directory /a/"))).hasValue("/a/");
        assertThat(Patterns.namedDirectory(section("Directory /*"))).isEqualTo(Optional.empty());
        assertThat(Patterns.namedDirectory(section("Directory ~ /a"))).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Files", "Files a b", "FilesMatch", "FilesMatch (", "Files [a"})
    void invalidPatternIsAMistake(String opening) {
        assertThatThrownBy(() -> Patterns.file(section(opening))).hasMessageStartingWith("test.conf:1: ");
    }

    @Test
    void directoryMustBeAbsolute() {
        assertThatThrownBy(() -> Patterns.directory(section("Directory a")))
                .hasMessage("test.conf:1: Directory: expected an absolute path, found a");
    }
}
