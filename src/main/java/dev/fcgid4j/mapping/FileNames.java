/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Converts segments of a URL, which are byte strings, to names of files, which are in UTF-8. Stateless. */
final class FileNames {

    private FileNames() {}

    /** Returns the file that a segment names in a directory; empty if no file can have that name. */
    static Optional<Path> resolve(Path directory, String segment) {
        Optional<String> name = utf8(segment);
        try {
            return name.map(directory::resolve);
        } catch (InvalidPathException e) {
            return Optional.empty(); // the encoding of the JVM's locale lacks a character of the name
        }
    }

    /** Returns a segment as text; a segment that is not UTF-8 stays as it is. */
    static String text(String segment) {
        return utf8(segment).orElse(segment);
    }

    private static Optional<String> utf8(String segment) {
        if (segment.chars().allMatch(c -> c < 0x80)) {
            return Optional.of(segment);
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(segment.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Warns if the JVM can't open files whose names are not ASCII, for example with {@code LC_ALL=C}. */
    static void checkEncoding(Consumer<String> warnings) {
        String name = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (!isUtf8(name)) {
            warnings.accept("file names are read in " + name
                    + ", so files whose names are not plain ASCII are not found;" + " start Java with LC_ALL=C.UTF-8");
        }
    }

    private static boolean isUtf8(String name) {
        try {
            return Charset.forName(name).equals(StandardCharsets.UTF_8);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return false;
        }
    }
}
