/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Damages one line of a configuration: slips, invisible characters, lost lines. Stateless. */
final class Damage {

    private static final List<String> INSERTED = List.of(
            ";", "#", " # no", "\u00a0", "\ufeff", "\u200b", "\r", "\"", "'", ">", "<", " ", "x", "!", "\\", "\u2003",
            "\u0001", "not ");

    private Damage() {}

    /** Returns the text with one line damaged, but no comment and no line for fcgid4j alone. */
    static String of(String text, Random random) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n")));
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean condition = lines.get(i).startsWith("<If \""); // fcgid4j does not read it
            if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#") && !condition) {
                open.add(i);
            }
        }
        if (open.isEmpty()) {
            return text;
        }
        int line = open.get(random.nextInt(open.size()));
        String damaged = line(lines.get(line), random);
        if (damaged.isEmpty()) {
            lines.remove(line);
        } else {
            lines.set(line, damaged);
        }
        return String.join("\n", lines) + (random.nextInt(10) == 0 ? "" : "\n");
    }

    private static String line(String line, Random random) {
        int at = random.nextInt(line.length());
        return switch (random.nextInt(9)) {
            case 0 -> line.substring(0, at) + line.substring(at + 1);
            case 1, 2 -> line.substring(0, at) + INSERTED.get(random.nextInt(INSERTED.size())) + line.substring(at);
            case 3 -> line + INSERTED.get(random.nextInt(INSERTED.size()));
            case 4 -> INSERTED.get(random.nextInt(INSERTED.size())) + line;
            case 5 ->
                line.substring(0, at)
                        + line.substring(at, at + 1).toUpperCase(java.util.Locale.ROOT)
                        + line.substring(at + 1);
            case 6 -> line.substring(0, at);
            case 7 -> line + "\n" + line;
            default -> "";
        };
    }
}
