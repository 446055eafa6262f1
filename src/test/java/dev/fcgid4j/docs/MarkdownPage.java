/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One page of the documentation.
 *
 * @param file relative to the project's folder
 */
public record MarkdownPage(Path file, List<String> lines) {

    private static final Pattern SNIPPET = Pattern.compile("<!-- snippet: (\\S+) -->");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /**
     * A fenced block.
     *
     * @param line number of the opening fence
     * @param language what follows the opening fence
     * @param snippet the region that the block quotes
     */
    record Block(MarkdownPage page, int line, String language, Optional<String> snippet, String text) {

        @Override
        public String toString() {
            return page.file() + ":" + line + " " + language
                    + snippet.map(s -> " " + s).orElse("");
        }
    }

    /** Reads a page. */
    public static MarkdownPage read(Path file) {
        try {
            return new MarkdownPage(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** README, everything below {@code docs}, and the page of the benchmarks. */
    static List<MarkdownPage> all() {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md"), Path.of("src/bench/README.md")), docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .map(MarkdownPage::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("```")) {
                continue;
            }
            int end = i + 1;
            while (!lines.get(end).startsWith("```")) {
                end++;
            }
            String text = String.join("\n", lines.subList(i + 1, end));
            blocks.add(new Block(this, i + 1, lines.get(i).substring(3), snippetAbove(i), text));
            i = end;
        }
        return blocks;
    }

    private Optional<String> snippetAbove(int fence) {
        Matcher marker = SNIPPET.matcher(fence == 0 ? "" : lines.get(fence - 1));
        return marker.matches() ? Optional.of(marker.group(1)) : Optional.empty();
    }

    /** The lines outside of fenced blocks. */
    List<String> prose() {
        List<String> prose = new ArrayList<>();
        boolean fenced = false;
        for (String line : lines) {
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced) {
                prose.add(line);
            }
        }
        return prose;
    }

    /** The targets of links. */
    List<String> links() {
        return found(LINK);
    }

    /** What stands between backticks in the prose. */
    List<String> code() {
        return found(CODE);
    }

    private List<String> found(Pattern pattern) {
        return pattern.matcher(String.join("\n", prose()))
                .results()
                .map((MatchResult m) -> m.group(1).replace('\n', ' '))
                .toList();
    }

    /** The anchors of the headings, as GitHub makes them. */
    List<String> anchors() {
        return prose().stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
