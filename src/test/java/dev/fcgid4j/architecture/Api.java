/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.fcgid4j.api.Internal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the library's module offers: the public types of exported packages that are not marked {@link Internal}. */
final class Api {

    static final String BASE = "dev.fcgid4j";

    private static final Path MODULE = Path.of("src/main/java/module-info.java");
    private static final Pattern EXPORT = Pattern.compile("^ *exports ([\\w.]+);$", Pattern.MULTILINE);

    /** All classes of the library. */
    static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    private Api() {}

    /** The packages that the module exports to every module. */
    static Set<String> exportedPackages() {
        try {
            return EXPORT.matcher(Files.readString(MODULE))
                    .results()
                    .map((MatchResult export) -> export.group(1))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The types of the API, sorted by name. */
    static List<JavaClass> types() {
        Set<String> exported = exportedPackages();
        return MAIN.stream()
                .filter(type -> exported.contains(type.getPackageName()))
                .filter(Api::isOffered)
                .sorted(Comparator.comparing(JavaClass::getName))
                .toList();
    }

    private static boolean isOffered(JavaClass type) {
        return isVisible(type) && type.getEnclosingClass().map(Api::isOffered).orElse(true);
    }

    /** The members of a type that belong to the API, as they are declared. */
    static Stream<? extends JavaMember> members(JavaClass type) {
        return type.getMembers().stream()
                .filter(Api::isVisible)
                .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !member.getModifiers().contains(JavaModifier.BRIDGE));
    }

    private static <T extends HasModifiers & CanBeAnnotated> boolean isVisible(T declared) {
        Set<JavaModifier> modifiers = declared.getModifiers();
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !declared.isAnnotatedWith(Internal.class);
    }

    /** The types that a member's signature mentions, those in its type arguments included. */
    static Set<JavaClass> mentionedBy(JavaMember member) {
        return member instanceof JavaCodeUnit unit
                ? Stream.concat(unit.getAllInvolvedRawTypes().stream(), unit.getExceptionTypes().stream())
                        .collect(Collectors.toSet())
                : member.getAllInvolvedRawTypes();
    }
}
