/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Draws a {@link RandomTree}; the same seed draws the same tree. */
final class TreeGenerator {

    private static final List<String> DIRECTORIES = List.of(
            "Directory \"ROOT\"",
            "Directory \"ROOT/sub\"",
            "Directory \"ROOT/sub/\"",
            "Directory \"ROOT/*\"",
            "Directory \"ROOT/*/deep\"",
            "Directory \"ROOT/x.txt\"",
            "Directory \"ROOT/*.txt\"",
            "Directory \"ROOT/sub/a.*\"",
            "Directory \"ROOT/./pub//../sub\"",
            "DirectoryMatch \"^ROOT/s\"",
            "DirectoryMatch \"^ROOT/sub$\"",
            "DirectoryMatch \"^ROOT/sub/$\"",
            "DirectoryMatch \"^ROOT/.*\\.foo$\"",
            "DirectoryMatch \"^ROOT/[^/]*$\"",
            "Directory ~ \"^ROOT/.*/deep\"",
            "Directory ~ \"^ROOT/(|x.*)$\"");
    private static final List<String> LOCATIONS = List.of(
            "Location \"URL\"",
            "Location \"URL/sub\"",
            "Location \"URL/sub/\"",
            "Location \"URL/*.txt\"",
            "Location \"URL/*/deep\"",
            "LocationMatch \"^URL/.*foo\"",
            "LocationMatch \"^URL/.*/$\"",
            "Location ~ \"^URL/(sub|pub)/[^/]*$\"",
            "LocationMatch \"^URL/..\\.txt\"");

    private final Random random;

    private TreeGenerator(long seed) {
        this.random = new Random(seed);
    }

    static RandomTree tree(String name, long seed) {
        return new TreeGenerator(seed).tree(name);
    }

    private RandomTree tree(String name) {
        Set<String> permitted = random.nextInt(4) > 0 ? LineGenerator.ALL : someGroups();
        String allowOverride = permitted.isEmpty() ? "None" : String.join(" ", permitted);
        StringBuilder sections = new StringBuilder();
        LineGenerator server = new LineGenerator(random, LineGenerator.ALL);
        for (int i = random.nextInt(4); i > 0; i--) {
            boolean location = random.nextInt(3) == 0;
            List<String> openings = location ? LOCATIONS : DIRECTORIES;
            String opening = openings.get(random.nextInt(openings.size()));
            sections.append(LineGenerator.block(opening, ServerLines.of(server, location)));
        }
        Map<String, String> htaccess = new LinkedHashMap<>();
        LineGenerator lines = new LineGenerator(random, permitted);
        for (String folder : RandomTree.FOLDERS) {
            if (random.nextInt(5) < 2) {
                String text = lines.lines(2);
                htaccess.put(folder, random.nextInt(4) == 0 ? Damage.of(text, random) : text);
            }
        }
        return new RandomTree(name, allowOverride, sections.toString(), htaccess);
    }

    private Set<String> someGroups() {
        return LineGenerator.ALL.stream()
                .sorted()
                .filter(word -> random.nextBoolean())
                .collect(java.util.stream.Collectors.toCollection(java.util.LinkedHashSet::new));
    }
}
