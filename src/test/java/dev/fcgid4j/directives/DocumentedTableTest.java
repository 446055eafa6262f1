/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/configuration.md lists the directives of sections and {@code .htaccess} as the code has them. */
class DocumentedTableTest {

    private static final String HEADING = "## Directives of sections and `.htaccess`";

    /** Returns the first two columns of the documented table. */
    private static List<String> documented() throws IOException {
        return Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .dropWhile(line -> !line.equals(HEADING))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| ", 3))
                .map(cells -> cells[0].substring(2) + " " + cells[1])
                .toList();
    }

    private static String described(DirectiveDefinition row) {
        String permission =
                switch (row.context()) {
                    case ANYWHERE -> row.group().map(AllowOverride.Group::word).orElse("restricts");
                    case SERVER_FILE, OUTSIDE_SECTIONS -> "a mistake";
                };
        return "`" + row.name() + "` " + permission;
    }

    @Test
    void eachDirectiveIsDocumentedWithThePermissionItNeeds() throws IOException {
        assertThat(DirectiveTable.all().stream()
                        .map(DocumentedTableTest::described)
                        .toList())
                .isEqualTo(documented());
    }
}
