/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The table of usual spellings. */
class KnownFieldsTest {

    private static final Map<String, String> LOWER_CASE = KnownFields.bySpelling(name -> name);

    private static String read(String text, int start, int length) {
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        try {
            return KnownFields.read(in, start, length);
        } finally {
            in.release();
        }
    }

    @Test
    void everySpellingIsReadWithoutAllocation() {
        assertThat(LOWER_CASE.keySet()).hasSizeGreaterThan(80).allSatisfy(spelling -> assertThat(
                        read("?" + spelling + ":", 1, spelling.length()))
                .isEqualTo(spelling)
                .isSameAs(read(spelling, 0, spelling.length())));
    }

    @Test
    void everySpellingHasTheValueOfItsLowerCase() {
        assertThat(LOWER_CASE).allSatisfy((spelling, value) -> {
            assertThat(value).isEqualTo(spelling.toLowerCase(Locale.ROOT));
            assertThat(LOWER_CASE.get(value)).isSameAs(value);
        });
    }

    @Property
    void otherNamesAreReadAsTheyAre(@ForAll byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.isEmpty()) {
            assertThat(read(text, 0, text.length())).isEqualTo(text);
        }
    }

    @Test
    void namesThatDifferInOneCharacterAreDistinct() {
        assertThat(read("Accepx", 0, 6)).isEqualTo("Accepx");
        assertThat(read("Axcept", 0, 6)).isEqualTo("Axcept");
    }
}
