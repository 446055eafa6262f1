/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The example site in the resources of the jar. Its {@code MANIFEST} lists mode and path of each file, because a jar has no
 * file modes, and scripts must be executable.
 *
 * <p>Stateless. Threading: blocks.
 */
final class ExampleSite {

    private static final String ROOT = "/example-site/";

    private ExampleSite() {}

    /**
     * Writes the files that do not exist yet, so that a user's edits survive.
     *
     * @param directory created if it is missing
     */
    static void unpack(Path directory) throws IOException {
        String manifest = new String(read("MANIFEST"), StandardCharsets.UTF_8);
        for (String line : manifest.lines().toList()) {
            String[] modeAndPath = line.split(" ", 2);
            Path file = directory.resolve(modeAndPath[1]);
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Files.write(file, read(modeAndPath[1]));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(modeAndPath[0]));
            }
        }
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = ExampleSite.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                throw new FileNotFoundException("the example site lacks " + name);
            }
            return in.readAllBytes();
        }
    }
}
