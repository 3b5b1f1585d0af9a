package org.rlaif.kit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif");

  @Test
  void standsOnNothingOfOurs() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.rlaif.client..",
            "org.rlaif.v1..",
            "org.rlaif.model..",
            "org.rlaif.torch..",
            "org.rlaif.serving..",
            "org.rlaif.bench..",
            "org.rlaif.judge..",
            "org.rlaif.training..")
        .check(classes);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(classes.that(resideInAPackage("org.rlaif.kit..")));
  }

  @Test
  void knowsNoEngineAndNoTransport() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnxruntime..", "org.bytedeco..", "io.grpc..")
        .check(classes);
  }
}
