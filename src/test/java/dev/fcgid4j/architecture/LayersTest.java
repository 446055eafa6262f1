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
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the layer table of docs/architecture.md: a package uses only packages on lower layers. */
class LayersTest {

    private static final String BASE = "dev.fcgid4j";

    /** Holds nothing but an annotation, which every package may carry. */
    private static final String MARK = BASE + ".api";

    private static final Map<String, Integer> LAYER = Map.ofEntries(
            Map.entry("failure", 0),
            Map.entry("posix", 0),
            Map.entry("limits", 0),
            Map.entry("codec", 1),
            Map.entry("cgi", 1),
            Map.entry("process", 1),
            Map.entry("watch", 1),
            Map.entry("config", 1),
            Map.entry("application", 2),
            Map.entry("inotify", 2),
            Map.entry("worker", 3),
            Map.entry("directives", 3),
            Map.entry("writers", 3),
            Map.entry("freshness", 4),
            Map.entry("mapping", 4),
            Map.entry("observe", 0),
            Map.entry("pool", 5),
            Map.entry("gateway", 6),
            Map.entry("status", 6),
            Map.entry("", 7),
            Map.entry("netty", 8),
            Map.entry("server", 9));

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void packageUsesOnlyPackagesOnLowerLayers() {
        Set<String> breaches = new TreeSet<>();
        for (JavaClass from : MAIN) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String there = dependency.getTargetClass().getPackageName();
                if (!there.startsWith(BASE) || there.equals(from.getPackageName()) || there.equals(MARK)) {
                    continue;
                }
                if (layerOf(there) >= layerOf(from.getPackageName())) {
                    breaches.add(dependency.getDescription());
                }
            }
        }

        assertThat(breaches).isEmpty();
    }

    @Test
    void everyPackageHasALayer() {
        Set<String> packages = new TreeSet<>();
        MAIN.forEach(type -> packages.add(type.getPackageName()));
        packages.remove(MARK);

        assertThat(packages)
                .map(name -> name.equals(BASE) ? "" : name.substring(BASE.length() + 1))
                .containsExactlyInAnyOrderElementsOf(LAYER.keySet());
    }

    @Test
    void onlyPosixTouchesNativeMemory() {
        assertThat(usersOf("com.sun.jna"))
                .allMatch(name -> name.startsWith(BASE + ".posix."))
                .isNotEmpty();
    }

    @Test
    void onlyTheNettyAdapterAndTheServerUseNettysHttp() {
        assertThat(usersOf("io.netty.handler.codec.http"))
                .allMatch(name -> name.startsWith(BASE + ".netty.") || name.startsWith(BASE + ".server."))
                .isNotEmpty();
    }

    @Test
    void onlyTheServerUsesItsCommandLineAndLogger() {
        for (String library : List.of("picocli", "ch.qos.logback")) {
            assertThat(usersOf(library))
                    .allMatch(name -> name.startsWith(BASE + ".server."))
                    .isNotEmpty();
        }
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<String> documented = new TreeSet<>();
        Set<String> packages = new TreeSet<>();
        for (JavaClass type : MAIN) {
            packages.add(type.getPackageName());
            if (type.getSimpleName().equals("package-info")) {
                documented.add(type.getPackageName());
            }
        }

        assertThat(documented).isEqualTo(packages).isNotEmpty();
    }

    private static List<String> usersOf(String prefix) {
        return MAIN.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(d -> d.getTargetClass().getPackageName().startsWith(prefix)))
                .map(JavaClass::getName)
                .toList();
    }

    private static int layerOf(String packageName) {
        String name = packageName.equals(BASE) ? "" : packageName.substring(BASE.length() + 1);
        Integer layer = LAYER.get(name);
        assertThat(layer)
                .as("package %s has a layer in LayersTest", packageName)
                .isNotNull();
        return layer;
    }
}
