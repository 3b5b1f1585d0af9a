package org.rlaif.judge;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Circles;

class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.judge");

  @Test
  void theRoomWasFound() {
    assertTrue(ROOM.size() > 20, () -> "classes: " + ROOM.size());
  }

  @Test
  void importsOnlyFromTheRoomsBelow() {
    classes()
        .that()
        .resideInAPackage("org.rlaif.judge..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "org.rlaif.judge..",
            "org.rlaif.kit..",
            "org.rlaif.v1..",
            "org.rlaif.client..",
            "java..",
            "org.jspecify..",
            "com.fasterxml.jackson..",
            "com.samskivert.mustache..",
            "com.google.protobuf..",
            "io.grpc..",
            "picocli..")
        .check(ROOM);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(ROOM);
  }

  /** What a language model is asked is its caller's. */
  @Test
  void languageModelsKnowNoJudge() {
    noClasses()
        .that()
        .resideInAPackage("org.rlaif.judge.language..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.rlaif.judge..")
                .and(resideOutsideOfPackage("org.rlaif.judge.language..")))
        .check(ROOM);
  }

  @Test
  void knowsNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "ai.onnxruntime..")
        .check(ROOM);
  }

  @Test
  void nothingButItselfKnowsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rlaif.judge.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rlaif.judge.cli..", "picocli..")
        .check(ROOM);
  }
}
