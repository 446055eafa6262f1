/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Segments of a URL, which are bytes, as names of files. */
class FileNamesTest {

    private static final Path DIRECTORY = Path.of("/srv");

    @Test
    void bytesAreReadAsUtf8() {
        assertThat(FileNames.text("Ã¤")).isEqualTo("ä");
        assertThat(FileNames.resolve(DIRECTORY, "a b.txt")).hasValue(Path.of("/srv/a b.txt"));
    }

    @Test
    void bytesThatAreNotUtf8NameNoFileAndStayAsTheyAre() {
        assertThat(FileNames.resolve(DIRECTORY, "\u00e4")).isEmpty();
        assertThat(FileNames.text("\u00e4")).isEqualTo("\u00e4");
    }

    @Test
    void localeWithoutUtf8IsWarnedOf() {
        List<String> warnings = new ArrayList<>();
        String before = System.setProperty("sun.jnu.encoding", "ANSI_X3.4-1968");
        try {
            FileNames.checkEncoding(warnings::add);
            System.setProperty("sun.jnu.encoding", "utf8");
            FileNames.checkEncoding(warnings::add);
        } finally {
            System.setProperty("sun.jnu.encoding", String.valueOf(before));
        }

        assertThat(warnings).singleElement().asString().contains("LC_ALL=C.UTF-8");
    }
}
