/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessMapsTest {

    @ParameterizedTest
    @CsvSource({
        "7f0c-7f0d r-xp 00000000 fe:00 1234   /usr/lib/x.so, /usr/lib/x.so",
        "7f0c-7f0d --xp 00000000 fe:00 1234   /srv/my site/x.so, /srv/my site/x.so",
        "7f0c-7f0d r-xp 00000000 fe:00 1234   /tmp/x.so (deleted), /tmp/x.so",
        "7f0c-7f0d r--p 00000000 fe:00 1234   /usr/lib/x.so, ''",
        "7f0c-7f0d r-xp 00000000 00:00 0      [vdso], ''",
        "7f0c-7f0d rwxp 00000000 00:00 0      [anon:jit/a], ''",
        "'7f0c-7f0d r-xp 00000000 00:00 0 ', ''",
        "'', ''"
    })
    void fileOfAnExecutableLineIsFound(String line, String file) {
        assertThat(ProcessMaps.executable(line)).isEqualTo(file);
    }

    @Test
    void thisProcessExecutesItsProgram() {
        Path program = Path.of(ProcessHandle.current().info().command().orElseThrow());

        assertThat(ProcessMaps.executables(ProcessHandle.current().pid())).contains(program);
    }
}
