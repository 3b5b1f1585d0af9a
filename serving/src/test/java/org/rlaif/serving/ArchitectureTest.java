package org.rlaif.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.rlaif.serving.grpc.RlaifServer;

/**
 * Serving stands on model, kit and wire; it is deployable without LibTorch, judges and training.
 */
final class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.serving");

  @Test
  void standsOnModelKitAndWire() {
    assertTrue(ROOM.contain(RlaifServer.class));
    classes()
        .that()
        .resideInAPackage("org.rlaif.serving..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "com.sun.management..", // memory that is free
            "com.sun.jna..", // priorities of threads, and where memory comes from
            "io.micrometer..",
            "org.jspecify.annotations..",
            "org.slf4j..",
            "org.rlaif.serving..",
            "org.rlaif.model..",
            "org.rlaif.kit..",
            "org.rlaif.client..",
            "org.rlaif.v1..",
            "org.rlaif.inference..",
            "ai.onnxruntime..",
            "io.grpc..",
            "com.google.protobuf..",
            "com.google.common..",
            "com.google.rpc..",
            "com.fasterxml.jackson..",
            "javax.imageio..",
            "javax.net.ssl..",
            "org.HdrHistogram..",
            "org.knowm.xchart..",
            "picocli..")
        .check(ROOM);
  }

  @Test
  void onlyTheEngineTouchesOnnxRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rlaif.serving.engine")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(ROOM);
  }

  /**
   * The engine can be put behind another transport, and be counted by others; commands see a server
   * like any client.
   */
  @Test
  void theEngineKnowsNoTransport() {
    noClasses()
        .that()
        .resideInAPackage("org.rlaif.serving.engine")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..",
            "io.micrometer..",
            "org.rlaif.serving.grpc..",
            "org.rlaif.serving.bench..",
            "org.rlaif.serving.cli..")
        .check(ROOM);
    noClasses()
        .that()
        .resideInAPackage("org.rlaif.serving.grpc")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rlaif.serving.bench..", "org.rlaif.serving.cli..")
        .check(ROOM);
  }
}
