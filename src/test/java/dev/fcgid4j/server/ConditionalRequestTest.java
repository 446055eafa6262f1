/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110 sections 13 and 14, line by line; the file has ten bytes and was written at 12:00:00.5. */
class ConditionalRequestTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // one field                                                  second field        status from length
                "If-None-Match       | TAG                           | -      | -            | 304 | 0 | 0",
                "If-None-Match       | W/TAG                         | -      | -            | 304 | 0 | 0",
                "If-None-Match       | \"x\", TAG                    | -      | -            | 304 | 0 | 0",
                "If-None-Match       | *                             | -      | -            | 304 | 0 | 0",
                "If-None-Match       | \"x\"                         | -      | -            | 200 | 0 | 10",
                "If-Match            | TAG                           | -      | -            | 200 | 0 | 10",
                "If-Match            | W/TAG                         | -      | -            | 412 | 0 | 0",
                "If-Match            | \"x\"                         | -      | -            | 412 | 0 | 0",
                "If-Modified-Since   | Mon, 02 Nov 2026 12:00:00 GMT | -      | -            | 304 | 0 | 0",
                "If-Modified-Since   | Mon, 02 Nov 2026 11:59:59 GMT | -      | -            | 200 | 0 | 10",
                "If-Modified-Since   | yesterday                     | -      | -            | 200 | 0 | 10",
                "If-Unmodified-Since | Mon, 02 Nov 2026 12:00:00 GMT | -      | -            | 200 | 0 | 10",
                "If-Unmodified-Since | Mon, 02 Nov 2026 11:59:59 GMT | -      | -            | 412 | 0 | 0",
                // a tag wins over a date
                "If-None-Match       | \"x\"   | If-Modified-Since | Mon, 02 Nov 2026 12:00:00 GMT | 200 | 0 | 10",
                "Range               | bytes=2-4                     | -        | -          | 206 | 2 | 3",
                "Range               | bytes=2-                      | -        | -          | 206 | 2 | 8",
                "Range               | bytes=-3                      | -        | -          | 206 | 7 | 3",
                "Range               | bytes=-99                     | -        | -          | 206 | 0 | 10",
                "Range               | bytes=0-99                    | -        | -          | 206 | 0 | 10",
                "Range               | bytes=10-                     | -        | -          | 416 | 0 | 0",
                "Range               | bytes=-0                      | -        | -          | 416 | 0 | 0",
                "Range               | bytes=4-2                     | -        | -          | 200 | 0 | 10",
                "Range               | bytes=0-1,3-4                 | -        | -          | 200 | 0 | 10",
                "Range               | lines=0-1                     | -        | -          | 200 | 0 | 10",
                "Range               | bytes=99999999999999999999-   | -        | -          | 200 | 0 | 10",
                "Range               | bytes=2-4                     | If-Range | TAG        | 206 | 2 | 3",
                "Range               | bytes=2-4                     | If-Range | \"x\"      | 200 | 0 | 10",
                "Range               | bytes=2-4                     | If-Range | W/TAG      | 200 | 0 | 10",
                "Range               | bytes=2-4 | If-Range | Mon, 02 Nov 2026 12:00:00 GMT      | 206 | 2 | 3",
                "Range               | bytes=2-4 | If-Range | Mon, 02 Nov 2026 11:59:59 GMT      | 200 | 0 | 10",
                // a condition comes before the range
                "Range               | bytes=2-4                     | If-None-Match | TAG   | 304 | 0 | 0"
            })
    void conditionsAndRanges(
            String name, String value, String secondName, String secondValue, int status, long from, long length)
            throws Exception {
        try (OpenFile file = file()) {
            HttpHeaders headers = new DefaultHttpHeaders().set(name, value.replace("TAG", file.etag()));
            if (secondName != null) {
                headers.set(secondName, secondValue.replace("TAG", file.etag()));
            }

            assertThat(ConditionalRequest.evaluate(HttpMethod.GET, headers, file))
                    .isEqualTo(new ConditionalRequest.Outcome(status, from, length));
        }
    }

    @Test
    void withoutConditionsTheWholeFileIsSent() throws Exception {
        try (OpenFile file = file()) {
            assertThat(ConditionalRequest.evaluate(HttpMethod.GET, new DefaultHttpHeaders(), file))
                    .isEqualTo(new ConditionalRequest.Outcome(200, 0, 10));
        }
    }

    @Test
    void rangeCountsForGetAlone() throws Exception {
        try (OpenFile file = file()) {
            HttpHeaders headers = new DefaultHttpHeaders().set("Range", "bytes=2-4");

            assertThat(ConditionalRequest.evaluate(HttpMethod.HEAD, headers, file))
                    .isEqualTo(new ConditionalRequest.Outcome(200, 0, 10));
        }
    }

    @Test
    void contentRangeNamesFirstAndLastByte() {
        assertThat(new ConditionalRequest.Outcome(206, 2, 3).contentRange(10)).isEqualTo("bytes 2-4/10");
    }

    private OpenFile file() throws Exception {
        Path path = folder.resolve("f.txt");
        Files.writeString(path, "0123456789");
        Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2026-11-02T12:00:00.5Z")));
        return OpenFile.open(path);
    }
}
