package org.rlaif.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Circles;
import org.rlaif.serving.grpc.RlaifServer;

/**
 * Serving stands on model, kit and wire; it is deployable without LibTorch, judges and training.
 */
final class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.serving");

  /** From the bottom up. */
  private static final List<String> PACKAGES =
      List.of(
          "os",
          "sampling",
          "queue",
          "graph",
          "weights",
          "decode",
          "score",
          "update",
          "engine",
          "grpc",
          "cli");

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
            "javax.net.ssl..",
            "picocli..")
        .check(ROOM);
  }

  @Test
  void onlyTheGraphTouchesOnnxRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rlaif.serving.graph")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(ROOM);
  }

  /** Every arrow between packages points down. */
  @Test
  void packagesStandOnThoseBelow() {
    layers()
        .whereLayer("sampling")
        .mayNotAccessAnyLayer()
        .whereLayer("os")
        .mayNotAccessAnyLayer()
        .whereLayer("queue")
        .mayOnlyAccessLayers("sampling")
        .whereLayer("graph")
        .mayOnlyAccessLayers("os")
        .whereLayer("weights")
        .mayOnlyAccessLayers("graph", "queue", "os")
        .whereLayer("decode")
        .mayOnlyAccessLayers("weights", "graph", "queue", "sampling")
        .whereLayer("score")
        .mayOnlyAccessLayers("decode", "weights", "graph", "queue", "os")
        .whereLayer("update")
        .mayOnlyAccessLayers("score", "decode", "weights", "graph", "queue", "sampling", "os")
        .whereLayer("engine")
        .mayOnlyAccessLayers(
            "update", "score", "decode", "weights", "graph", "queue", "sampling", "os")
        .whereLayer("grpc")
        .mayOnlyAccessLayers("engine", "update", "score", "graph", "queue", "sampling", "os")
        .whereLayer("cli")
        .mayOnlyAccessLayers("grpc", "engine", "update", "score", "graph")
        .check(ROOM);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(ROOM);
  }

  private static LayeredArchitecture layers() {
    LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : PACKAGES) {
      layers = layers.layer(name).definedBy("org.rlaif.serving." + name);
    }
    return layers;
  }

  @Test
  void everyPackageHasItsArrows() {
    classes()
        .should()
        .resideInAnyPackage(
            PACKAGES.stream().map(each -> "org.rlaif.serving." + each).toArray(String[]::new))
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
        .resideOutsideOfPackages("org.rlaif.serving.grpc", "org.rlaif.serving.cli")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.micrometer..")
        .check(ROOM);
  }
}
