package org.rlaif.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Circles;

/** This room stands on the server that it measures; nothing but training's commands know it. */
final class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.bench");

  @Test
  void standsOnServingAndWhatItStandsOn() {
    assertTrue(ROOM.contain(Benchmark.class));
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "com.sun.management..", // memory of the machine
            "javax.imageio..",
            "org.jspecify.annotations..",
            "org.rlaif.bench..",
            "org.rlaif.serving..",
            "org.rlaif.model..",
            "org.rlaif.kit..",
            "org.rlaif.client..",
            "org.rlaif.v1..",
            "io.grpc..",
            "com.google.protobuf..",
            "com.google.rpc..",
            "com.fasterxml.jackson..",
            "org.HdrHistogram..",
            "org.knowm.xchart..",
            "picocli..")
        .check(ROOM);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(ROOM);
  }

  @Test
  void onlyCommandsKnowTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rlaif.bench.cli")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rlaif.bench.cli", "picocli..")
        .check(ROOM);
  }
}
