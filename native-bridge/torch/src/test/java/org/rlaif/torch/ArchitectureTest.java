package org.rlaif.torch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Circles;

/** This room stands on the model room and on LibTorch, and keeps LibTorch to itself. */
final class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.torch");

  @Test
  void dependsOnModelKitAndLibTorchOnly() {
    assertTrue(ROOM.contain(Network.class));
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations..",
            "org.rlaif.torch..",
            "org.rlaif.model..",
            "org.rlaif.kit..",
            "org.bytedeco..")
        .check(ROOM);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(ROOM);
  }

  @Test
  void showsNothingOfLibTorch() {
    List<JavaCodeUnit> shown =
        ROOM.stream()
            .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
            .flatMap(each -> each.getCodeUnits().stream())
            .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
            .toList();
    assertTrue(shown.size() > 50, "public methods of the room");
    List<String> leaks =
        shown.stream()
            .filter(
                each ->
                    Stream.concat(
                            Stream.of(each.getRawReturnType()),
                            each.getRawParameterTypes().stream())
                        .map(JavaClass::getPackageName)
                        .anyMatch(name -> name.startsWith("org.bytedeco")))
            .map(JavaCodeUnit::getFullName)
            .toList();
    assertEquals(List.of(), leaks);
  }
}
