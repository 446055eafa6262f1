/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaType;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the fence around the API: what belongs to it, and that it mentions nothing outside. */
class ApiTest {

    private static final Path LISTED = Path.of("src/test/resources/api.txt");
    private static final Path FOUND = Path.of("target/api.txt");

    /** The foreign packages that a package of the API may mention: the one technology that it is about (ADR 10). */
    private static final Map<String, List<String>> TECHNOLOGY = Map.of(
            "dev.fcgid4j.netty", List.of("io.netty."),
            "dev.fcgid4j.codec",
                    List.of("io.netty.buffer.", "io.netty.channel.", "io.netty.handler.codec.", "io.netty.util."),
            "dev.fcgid4j.gateway", List.of("io.netty.buffer.", "io.netty.channel."));

    private static final Set<String> OF_OBJECT = Set.of("equals", "hashCode", "toString");
    private static final Set<Class<?>> IMPLIED = Set.of(Object.class, Record.class, Enum.class);

    @Test
    void everyPublicSignatureIsListed() throws Exception {
        List<String> found = signatures();
        Files.write(FOUND, found);

        List<String> listed = Files.readAllLines(LISTED);
        Set<String> added = new TreeSet<>(found);
        added.removeAll(listed);
        Set<String> removed = new TreeSet<>(listed);
        removed.removeAll(found);

        assertThat(found)
                .as(
                        "the API has changed%n+ %s%n- %s%nIf that is meant: cp %s %s, and say so in docs/CHANGELOG.md",
                        String.join("\n+ ", added), String.join("\n- ", removed), FOUND, LISTED)
                .isEqualTo(listed);
    }

    @Test
    void signatureMentionsOnlyTheApiAndItsTechnology() {
        List<JavaClass> api = Api.types();
        Set<String> breaches = new TreeSet<>();
        for (JavaClass type : api) {
            Stream.concat(type.getInterfaces().stream(), type.getSuperclass().stream())
                    .map(JavaType::toErasure)
                    .filter(mentioned -> isOutside(mentioned, type, api))
                    .forEach(mentioned -> breaches.add(type.getName() + " extends " + mentioned.getName()));
            Api.members(type).forEach(member -> Api.mentionedBy(member).stream()
                    .filter(mentioned -> isOutside(mentioned, type, api))
                    .forEach(mentioned -> breaches.add(member.getFullName() + " mentions " + mentioned.getName())));
        }

        assertThat(breaches).isEmpty();
    }

    private static boolean isOutside(JavaClass mentioned, JavaClass type, List<JavaClass> api) {
        JavaClass plain = mentioned.getBaseComponentType();
        return !plain.isPrimitive()
                && !plain.getPackageName().startsWith("java.")
                && !api.contains(plain)
                && TECHNOLOGY.getOrDefault(type.getPackageName(), List.of()).stream()
                        .noneMatch(plain.getName()::startsWith);
    }

    @Test
    void packageIsExportedIfItSaysThatItIsPublicForEmbedders() throws Exception {
        Set<String> said = new TreeSet<>();
        for (JavaClass type : Api.MAIN) {
            Path source = Path.of("src/main/java", type.getPackageName().replace('.', '/'), "package-info.java");
            if (Files.readString(source).contains("<p>Public for embedders")) {
                said.add(type.getPackageName());
            }
        }

        assertThat(said).isEqualTo(new TreeSet<>(Api.exportedPackages())).isNotEmpty();
    }

    /** A line for each type, and below it a line for each of its members but those that every object has. */
    private static List<String> signatures() throws ReflectiveOperationException {
        List<String> lines = new ArrayList<>();
        for (JavaClass type : Api.types()) {
            Class<?> reflected = type.reflect();
            lines.add(kind(reflected) + " " + type.getName() + superTypes(reflected));
            Api.members(type)
                    .map(JavaMember::reflect)
                    .filter(member -> !OF_OBJECT.contains(member.getName()))
                    .map(member -> "    " + signature(member))
                    .sorted()
                    .forEach(lines::add);
        }
        return lines;
    }

    /** Like {@link Class#toGenericString()}, but the same on every JDK. */
    private static String kind(Class<?> type) {
        String kind = type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
        return (type.isSealed() ? "sealed " : "") + (Modifier.isFinal(type.getModifiers()) ? "final " : "") + kind;
    }

    private static String superTypes(Class<?> type) {
        StringBuilder text = new StringBuilder();
        if (type.getSuperclass() != null && !IMPLIED.contains(type.getSuperclass())) {
            text.append(" extends ").append(type.getGenericSuperclass().getTypeName());
        }
        for (var each : type.getGenericInterfaces()) {
            text.append(" implements ").append(each.getTypeName());
        }
        return text.toString();
    }

    private static String signature(Member member) {
        return member instanceof Executable executable
                ? executable.toGenericString()
                : ((Field) member).toGenericString();
    }
}
