/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds that files can be read one after the other: no cycle between packages, and inside a package no ring of more than
 * four files that name each other. A nested type counts as its file. Records and sealed families are left out: they are
 * data, and naming their owner is their purpose.
 */
class RingsTest {

    private static final String BASE = "dev.fcgid4j";
    private static final int LARGEST = 4;

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void noCycleBetweenPackages() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass from : MAIN) {
            uses.computeIfAbsent(from.getPackageName(), name -> new TreeSet<>());
            for (Dependency each : from.getDirectDependenciesFromSelf()) {
                uses.get(from.getPackageName()).add(each.getTargetClass().getPackageName());
            }
        }

        assertThat(Graph.rings(uses)).isEmpty();
    }

    @Test
    void noRingOfMoreThanFourFilesInsideAPackage() {
        List<Set<String>> rings = Graph.rings(filesByUse());
        rings.forEach(ring -> System.out.println("ring of " + ring.size() + ": " + String.join(" ", ring)));

        assertThat(rings)
                .filteredOn(ring -> ring.size() > LARGEST)
                .as("rings of more than %d files that name each other", LARGEST)
                .isEmpty();
    }

    /** Each file that is neither a record nor of a sealed family, and the others of its package that it names. */
    private static Map<String, Set<String>> filesByUse() {
        Set<String> leftOut = leftOut();
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass from : MAIN) {
            String file = file(from);
            if (leftOut.contains(file)) {
                continue;
            }
            Set<String> named = uses.computeIfAbsent(file, name -> new TreeSet<>());
            from.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .filter(target -> target.getPackageName().equals(from.getPackageName()))
                    .map(RingsTest::file)
                    .filter(target -> !target.equals(file))
                    .forEach(named::add);
        }
        return uses;
    }

    private static Set<String> leftOut() {
        return MAIN.stream()
                .filter(type -> type.getEnclosingClass().isEmpty())
                .filter(type -> type.isRecord() || isOfSealedFamily(type.reflect()))
                .map(RingsTest::file)
                .collect(Collectors.toSet());
    }

    private static boolean isOfSealedFamily(Class<?> type) {
        return type.isSealed()
                || (type.getSuperclass() != null && type.getSuperclass().isSealed())
                || List.of(type.getInterfaces()).stream().anyMatch(Class::isSealed);
    }

    private static String file(JavaClass type) {
        JavaClass outer = type.isArray() ? type.getBaseComponentType() : type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer.getName().substring(BASE.length() + 1);
    }
}
