package org.rlaif.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Circles;
import org.rlaif.model.hub.Hub;
import org.rlaif.model.jinja.Template;
import org.rlaif.model.onnx.OnnxDecoder;
import org.rlaif.model.text.Tokenizer;

/** This room stands on the kit and on formats; it knows no engine and no transport. */
final class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.model");

  @Test
  void dependsOnTheKitAndOnFormatsOnly() {
    assertTrue(ROOM.contain(OnnxDecoder.class));
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations..",
            "org.rlaif.model..",
            "org.rlaif.kit..",
            "com.fasterxml.jackson..",
            "org.slf4j..",
            "ai.onnx.proto..",
            "com.google.protobuf..", // texts in ONNX's messages
            "ai.djl.huggingface.tokenizers..",
            "ai.djl.util..") // of the tokenizer's base class
        .check(ROOM);
  }

  @Test
  void onlyTheTokenizerTouchesItsLibrary() {
    classes()
        .that()
        .doNotHaveFullyQualifiedName(Tokenizer.class.getName())
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("ai.djl..")
        .check(ROOM);
  }

  /** onnx ▶ model ▶ text ▶ jinja, and model ▶ hub. */
  @Test
  void arrowsPointOneWay() {
    assertTrue(ROOM.contain(Template.class));
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("onnx")
        .definedBy("org.rlaif.model.onnx")
        .layer("model")
        .definedBy("org.rlaif.model")
        .layer("text")
        .definedBy("org.rlaif.model.text")
        .layer("jinja")
        .definedBy("org.rlaif.model.jinja")
        .layer("hub")
        .definedBy("org.rlaif.model.hub")
        .whereLayer("onnx")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("model")
        .mayOnlyBeAccessedByLayers("onnx")
        .whereLayer("text")
        .mayOnlyBeAccessedByLayers("model", "onnx")
        .whereLayer("jinja")
        .mayOnlyBeAccessedByLayers("text")
        .whereLayer("hub")
        .mayOnlyBeAccessedByLayers("model")
        .check(ROOM);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(ROOM);
  }

  @Test
  void onlyTheHubTouchesTheNetwork() {
    assertTrue(ROOM.contain(Hub.class));
    classes()
        .that()
        .resideOutsideOfPackage("org.rlaif.model.hub")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("java.net..")
        .check(ROOM);
  }
}
