/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.config;

import dev.fcgid4j.failure.ConfigurationException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Parses Apache's configuration syntax: one directive in a line, {@code #} comments, a backslash at the end of a line
 * joins the next one, arguments in single or double quotes, sections in angle brackets. Spaces are those of ASCII.
 *
 * <p>Failures: a mistake is a {@link ConfigurationException} with file, line and what was expected. A lenient parser (for
 * {@code .htaccess}) accepts three mistakes with a warning: a section that is never closed ends with the file, a {@code
 * <Files>} that is not closed ends where the next one begins, and a quote that is not closed ends with its line, as in
 * Apache. The sections whose end is such a guess are marked ({@link Node.Section#closed()}).
 *
 * <p>Threading: one thread, one object for each text; the static methods are thread-safe.
 */
public final class ApacheConfigParser {

    private static final int MAX_DEPTH = 32;
    private static final Set<String> FILES = Set.of("files", "filesmatch");

    private final String file;
    private final boolean lenient;
    private final Consumer<String> warnings;
    private final ArrayDeque<Open> open = new ArrayDeque<>();
    private int endedEarly; // sections that another one ended; their closing lines may still come

    /** A section whose closing line has not come yet. */
    private record Open(String name, List<String> args, Node.Place place, List<Node> children) {}

    private ApacheConfigParser(String file, boolean lenient, Consumer<String> warnings) {
        this.file = file;
        this.lenient = lenient;
        this.warnings = warnings;
    }

    /**
     * Parses a server's configuration; every section must be closed.
     *
     * @param file for messages
     */
    public static List<Node> parse(String text, String file) {
        return new ApacheConfigParser(file, false, warning -> {}).run(text);
    }

    /**
     * Parses a {@code .htaccess} leniently.
     *
     * @param file for messages
     * @param warnings receives a line of text for each mistake that is accepted
     */
    public static List<Node> parseLenient(String text, String file, Consumer<String> warnings) {
        return new ApacheConfigParser(file, true, warnings).run(text);
    }

    private List<Node> run(String text) {
        open.push(new Open("", List.of(), place(0), new ArrayList<>()));
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int first = i;
            StringBuilder joined = new StringBuilder(withoutReturn(lines[i]));
            while (endsWithBackslash(joined) && i + 1 < lines.length) {
                joined.setLength(joined.length() - 1);
                joined.append(withoutReturn(lines[++i]));
            }
            line(ConfigLine.strip(joined.toString()), place(first + 1));
        }
        while (open.size() > 1) {
            leftOpen(open.pop());
        }
        return open.pop().children();
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private static boolean endsWithBackslash(CharSequence line) {
        return line.length() > 0 && line.charAt(line.length() - 1) == '\\';
    }

    private void line(String line, Node.Place place) {
        if (ConfigLine.isBlankOrComment(line)) {
            return;
        }
        ConfigLine.checkCharacters(line, place);
        if (line.startsWith("</")) {
            close(line, place);
        } else if (line.startsWith("<")) {
            begin(line, place);
        } else {
            open.peek().children().add(directive(line, place));
        }
    }

    private Node directive(String line, Node.Place place) {
        try {
            List<String> words = words(line, place);
            String text =
                    ConfigLine.strip(line.substring(ConfigLine.firstWord(line).length()));
            return new Node.Directive(words.get(0), words.subList(1, words.size()), text, place);
        } catch (ConfigurationException e) {
            if (open.stream().noneMatch(section -> section.name().equalsIgnoreCase("IfModule"))) {
                throw e;
            }
            // Apache does not read the lines of a false <IfModule>, so this is a mistake only if the condition is true.
            return new Node.Unreadable(ConfigLine.firstWord(line), place, e.getMessage());
        }
    }

    private void begin(String line, Node.Place place) {
        if (!line.endsWith(">")) {
            throw new ConfigurationException(place + ": a section must end with >: " + line);
        }
        if (open.size() > MAX_DEPTH) {
            throw new ConfigurationException(place + ": sections are nested deeper than " + MAX_DEPTH);
        }
        List<String> words = words(line.substring(1, line.length() - 1), place);
        if (words.isEmpty()) {
            throw new ConfigurationException(place + ": a section without a name");
        }
        if (ConfigLine.isSpace(line.charAt(1))) {
            throw new ConfigurationException(place + ": remove the space between < and " + words.get(0));
        }
        if (lenient && isFiles(words.get(0)) && isFiles(open.peek().name())) {
            Open unclosed = open.pop();
            warnings.accept(unclosed.place() + ": <" + unclosed.name() + "> is not closed; it is taken to end at line "
                    + place.line() + ", where the next <" + words.get(0) + "> begins");
            endedEarly++;
            add(unclosed, false);
        }
        open.push(new Open(words.get(0), words.subList(1, words.size()), place, new ArrayList<>()));
    }

    private void close(String line, Node.Place place) {
        String name = ConfigLine.strip(line.substring(2, line.endsWith(">") ? line.length() - 1 : line.length()));
        Open section = open.peek();
        if (endedEarly > 0 && isFiles(name) && !isFiles(section.name())) {
            endedEarly--;
            warnings.accept(place + ": </" + name + "> closes a section that has already ended, and is ignored");
            return;
        }
        if (open.size() == 1 || !section.name().equalsIgnoreCase(name)) {
            String expected = open.size() == 1
                    ? "no section is open"
                    : "expected </" + section.name() + "> for line "
                            + section.place().line();
            throw new ConfigurationException(place + ": </" + name + ">: " + expected);
        }
        if (line.length() != name.length() + 3) {
            throw new ConfigurationException(place + ": expected </" + name + ">, found " + line);
        }
        open.pop();
        add(section, true);
    }

    private static boolean isFiles(String name) {
        return FILES.contains(name.toLowerCase(Locale.ROOT));
    }

    private void leftOpen(Open section) {
        String what =
                section.place() + ": <" + section.name() + "> is never closed; expected </" + section.name() + ">";
        if (!lenient) {
            throw new ConfigurationException(what);
        }
        warnings.accept(what + "; it is taken to end with the file");
        add(section, false);
    }

    private void add(Open section, boolean closed) {
        open.peek()
                .children()
                .add(new Node.Section(section.name(), section.args(), section.children(), closed, section.place()));
    }

    /** Splits a line as Apache does: quotes group words; a backslash escapes a backslash, and in quotes a quote. */
    private List<String> words(String line, Node.Place place) {
        List<String> words = new ArrayList<>();
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (ConfigLine.isSpace(c)) {
                i++;
            } else if (c == '"' || c == '\'') {
                i = quoted(line, i, place, words);
            } else {
                int end = i;
                while (end < line.length() && !ConfigLine.isSpace(line.charAt(end))) {
                    end++;
                }
                words.add(line.substring(i, end).replace("\\\\", "\\"));
                i = end;
            }
        }
        return words;
    }

    private int quoted(String line, int start, Node.Place place, List<String> words) {
        char quote = line.charAt(start);
        StringBuilder word = new StringBuilder();
        for (int i = start + 1; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == quote) {
                words.add(word.toString());
                return i + 1;
            }
            boolean escape =
                    c == '\\' && i + 1 < line.length() && (line.charAt(i + 1) == quote || line.charAt(i + 1) == '\\');
            word.append(escape ? line.charAt(++i) : c);
        }
        String error = place + ": a quote " + quote + " is never closed: " + line;
        if (!lenient) {
            throw new ConfigurationException(error);
        }
        warnings.accept(error + "; it is taken to end with the line");
        words.add(word.toString());
        return line.length();
    }

    private Node.Place place(int line) {
        return new Node.Place(file, line);
    }
}
