/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A part of a file below {@code src/test} that a page quotes.
 *
 * @param name file and region, such as {@code EmbeddingSnippetsIT#netty}
 * @param text without the indentation that all its lines share
 */
record Region(String name, String text) {

    private static final Pattern BEGIN = Pattern.compile("\\s*(?://|#) region ([\\w-]+)");
    private static final Pattern END = Pattern.compile("\\s*(?://|#) endregion");

    /** All regions of all files. */
    static List<Region> all() {
        try (Stream<Path> files = Files.walk(Path.of("src/test"))) {
            List<Region> regions = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().matches(".*\\.(java|conf|cfg)"))
                    .sorted()
                    .toList()) {
                addRegions(file, regions);
            }
            return regions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addRegions(Path file, List<Region> regions) throws IOException {
        List<String> lines = Files.readAllLines(file);
        String owner = file.getFileName().toString().replace(".java", "");
        for (int i = 0; i < lines.size(); i++) {
            Matcher begin = BEGIN.matcher(lines.get(i));
            if (!begin.matches()) {
                continue;
            }
            int end = i + 1;
            while (!END.matcher(lines.get(end)).matches()) {
                end++;
            }
            String text = String.join("\n", lines.subList(i + 1, end)).stripIndent();
            regions.add(new Region(owner + "#" + begin.group(1), text));
        }
    }
}
