/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The kinds of refusals that Apache does not share: the first column of a table in docs/configuration.md. A kind is found by
 * the reason of the refusal, and by the line and the sections that it names. Stateless.
 */
final class RefusedKinds {

    private static final String SOURCE = "source of programs, copies and hidden names";
    private static final String CONDITION = "a condition that is not evaluated";
    private static final String UNRESOLVED = "a section whose condition is not evaluated";
    private static final String MATCH =
            "a section that matches the folder of a file, or a path that Apache does not try";
    private static final String NESTED = "`<Files>` inside `<Files>`";
    private static final String SPELLING = "a mistake that Apache reads in another way than written";
    private static final String LINKS = "links";
    private static final String REWRITE = "refusing rewrite rules";
    private static final String PATH_INFO = "a path below a plain file";
    private static final String PERMISSION = "a restriction that AllowOverride does not permit";
    private static final String MERGING = "`AuthMerging Or`";

    private static final Pattern PLACE = Pattern.compile("(/[^ :]*|httpd[.]conf):([0-9]+)");
    private static final Pattern CONDITIONAL = Pattern.compile("<(If|Limit)");
    private static final String HEADING = "### Where more is refused than in Apache";

    private RefusedKinds() {}

    /**
     * Returns the kind of a refusal; a text that is no kind if there is none.
     *
     * @param serverFile the text of the server's file
     */
    static String of(String target, String reason, RandomTree tree, String serverFile) throws IOException {
        if (reason.startsWith("source of a program")) {
            return SOURCE;
        }
        if (reason.startsWith("a path below a plain file")) {
            return PATH_INFO;
        }
        if (reason.contains("has a mistake")) {
            return SPELLING;
        }
        if (reason.contains("symbolic link") || target.matches(".*/(l.txt|lsub|up.foo|ld)(/.*)?")) {
            return LINKS;
        }
        if (reason.startsWith("RewriteEngine") || reason.startsWith("refused by")) {
            return REWRITE;
        }
        if (reason.startsWith("Options") && tree.toString().contains(RandomTree.OURS + "Options")) {
            return PERMISSION;
        }
        Matcher place = PLACE.matcher(reason);
        String kind = place.find() ? ofLine(place, tree, serverFile) : "unexplained: " + reason;
        return kind.startsWith("unexplained")
                        && CONDITIONAL.matcher(tree + serverFile).find()
                ? UNRESOLVED
                : kind;
    }

    private static String ofLine(Matcher place, RandomTree tree, String serverFile) throws IOException {
        boolean server = place.group(1).equals("httpd.conf");
        List<String> lines = (server ? serverFile : Files.readString(Path.of(place.group(1))))
                .lines()
                .toList();
        int number = Integer.parseInt(place.group(2));
        String line = lines.get(number - 1).strip();
        List<String> sections = openSections(lines, number);
        if (sections.stream().anyMatch(RefusedKinds::isConditional)) {
            return UNRESOLVED;
        }
        if (sections.stream().filter(section -> section.startsWith("<Files")).count() > 1) {
            return NESTED;
        }
        if (line.startsWith("Rewrite")) {
            return REWRITE;
        }
        if (usesCondition(lines, number - 1)) {
            return CONDITION;
        }
        if (lines.subList(Math.max(0, number - 4), Math.min(lines.size(), number + 3))
                .contains("AuthMerging Or")) {
            return MERGING;
        }
        if (tree.htaccess().values().stream().anyMatch(text -> text.contains(RandomTree.OURS + line))) {
            return PERMISSION;
        }
        boolean matches = sections.stream()
                .anyMatch(section -> section.startsWith("<DirectoryMatch") || section.startsWith("<Directory "));
        return matches ? MATCH : "unexplained: " + line + " in " + sections;
    }

    private static boolean isConditional(String section) {
        return section.matches("<(If|Limit|Else).*");
    }

    /** Returns the sections around a line, with the one that begins there. */
    private static List<String> openSections(List<String> lines, int upTo) {
        List<String> open = new ArrayList<>();
        for (String raw : lines.subList(0, upTo)) {
            String line = raw.strip();
            if (line.startsWith("</")) {
                if (!open.isEmpty()) {
                    open.remove(open.size() - 1);
                }
            } else if (line.startsWith("<")) {
                open.add(line);
            }
        }
        return open;
    }

    /** Returns whether the rest of a file has a condition other than "all". */
    private static boolean usesCondition(List<String> lines, int from) {
        return lines.subList(from, lines.size()).stream()
                .anyMatch(line -> line.matches("(?i)\\s*(require|allow|deny).*(10[.]9|local|env ).*"));
    }

    /** Returns the kinds that the page lists. */
    static Set<String> documented() throws IOException {
        return Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .dropWhile(line -> !line.equals(HEADING))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("| "))
                .map(line -> line.substring(2).split(" \\| ", 2)[0])
                .collect(Collectors.toSet());
    }
}
