/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The Java source files below a folder, and how long they and their methods are. */
record Sources(List<File> files) {

    /**
     * A source file.
     *
     * @param lines all of its lines
     * @param blankLines lines without a character
     * @param commentLines lines that hold nothing but a comment; the licence does not count
     */
    record File(String name, int lines, int blankLines, int commentLines, List<Method> methods) {}

    /** A method or constructor with a body; its lines go from the one with its name to its closing brace. */
    record Method(String name, int lines) {}

    /** Measures each file below a folder. */
    static Sources below(Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> found = Files.walk(folder);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> paths = found.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(paths));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<File> files = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                Path path = Path.of(unit.getSourceFile().toUri());
                List<String> lines = Files.readAllLines(path);
                files.add(new File(
                        folder.toAbsolutePath().relativize(path).toString(),
                        lines.size(),
                        (int) lines.stream().filter(String::isBlank).count(),
                        commentLines(lines),
                        methods(path.getFileName().toString(), unit, positions)));
            }
            return new Sources(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int commentLines(List<String> lines) {
        int count = 0;
        boolean block = false;
        for (String line : lines) {
            String text = line.strip();
            block |= text.startsWith("/*");
            if ((block || text.startsWith("//")) && !text.contains("SPDX-License-Identifier")) {
                count++;
            }
            block &= !text.endsWith("*/");
        }
        return count;
    }

    private static List<Method> methods(String file, CompilationUnitTree unit, SourcePositions positions) {
        LineMap map = unit.getLineMap();
        List<Method> methods = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void nothing) {
                long start = positions.getStartPosition(unit, method);
                if (method.getBody() != null && start >= 0) {
                    long first = map.getLineNumber(nameAt(method, start));
                    long last = map.getLineNumber(positions.getEndPosition(unit, method));
                    methods.add(new Method(file + " " + method.getName(), (int) (last - first + 1)));
                }
                return super.visitMethod(method, null);
            }

            /** Where the declaration begins behind its annotations. */
            private long nameAt(MethodTree method, long start) {
                return method.getReturnType() == null
                        ? start
                        : positions.getStartPosition(unit, method.getReturnType());
            }
        }.scan(unit, null);
        return methods;
    }

    /** Lines of all files together. */
    int lines() {
        return files.stream().mapToInt(File::lines).sum();
    }

    /** Which part of all lines that are not blank hold nothing but a comment. */
    double commentShare() {
        int blank = files.stream().mapToInt(File::blankLines).sum();
        int comments = files.stream().mapToInt(File::commentLines).sum();
        return (double) comments / (lines() - blank);
    }

    /** All methods, the longest last. */
    List<Method> methods() {
        return files.stream()
                .flatMap(file -> file.methods().stream())
                .sorted((a, b) -> Integer.compare(a.lines(), b.lines()))
                .toList();
    }

    /** All files, the longest last. */
    List<File> bySize() {
        return files.stream()
                .sorted((a, b) -> Integer.compare(a.lines(), b.lines()))
                .toList();
    }
}
