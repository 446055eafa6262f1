/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

/** The content of a section of the server's file: only what both servers accept there, so that Apache starts. */
final class ServerLines {

    private ServerLines() {}

    static String of(LineGenerator lines, boolean location) {
        StringBuilder content = new StringBuilder();
        int wanted = 1 + (lines.chance(50) ? 1 : 0);
        while (wanted > 0) {
            String line = !location && lines.chance(35) ? lines.section(1) : lines.line();
            if (accepted(line)) {
                content.append(line);
                wanted--;
            }
        }
        return content.toString();
    }

    private static boolean accepted(String line) {
        return !line.contains(RandomTree.OURS) && !line.contains("x\\.txt") && !hasFilesInFiles(line);
    }

    private static boolean hasFilesInFiles(String text) {
        int first = text.indexOf("<Files");
        return first >= 0 && text.indexOf("<Files", first + 1) >= 0;
    }
}
